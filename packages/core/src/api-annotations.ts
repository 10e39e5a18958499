// Notes and tags that are edited after recording, as an app sees them. Types only.

/** Merges notes and tags; made by `yjsAnnotations()` of `@syncline/core/annotations`, and by nothing else. */
export interface AnnotationsPlugin {
  readonly kind: 'annotations';
}

/** What a person made of a session's note and tags; an absent one stays as it is. */
export interface AnnotateInput {
  /** At most 4,096 UTF-8 bytes. */
  readonly note?: string | undefined;
  /** At most 16 of at most 64 bytes. */
  readonly tags?: readonly string[] | undefined;
  /**
   * What the person had before the eyes. What came since from another tab or device is then kept beside the change;
   * without it, the change is taken for one of what holds now.
   */
  readonly seen?: { readonly note: string; readonly tags: readonly string[] } | undefined;
}
