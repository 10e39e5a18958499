/**
 * One thing wrong with one field of an input.
 * `path` is the field as the sender wrote it (`end_time`, `operations[3].session.note`; empty for the whole body);
 * `message` is plain English that completes the field's name ("must be later than start_time").
 */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}
