import { createHash } from 'node:crypto';

/** Author numbers up to here are those of first states of preferences. */
const FIRST_STATES = 0x1_0000;

/** A number under which the server writes one edit and never another, from a fresh random UUID. */
export function authorOf(uuid: string): number {
  return FIRST_STATES + 1 + Number.parseInt(uuid.slice(-8), 16);
}

/**
 * The same for an edit that may be brought twice: a server whose time went back takes it again, and over another state it writes something else,
 * which must not pass for what others have of it. Over the same state it is the same number, and the same bytes.
 */
export function authorOver(author: number, document: Uint8Array): number {
  return FIRST_STATES + 1 + createHash('sha256').update(`${author} `).update(document).digest().readUInt32BE();
}

/** Above every number that a device or {@link authorOf} takes, below those that begin a generation. */
const JOURNALLESS = 2 ** 33;

/**
 * The same for preferences set by a call that knows no documents. Of two values that did not know of each other the larger author's holds,
 * and whose value lost is offered it again: a caller without a journal could not be. So its value holds, and the device has the journal.
 */
export function journallessAuthorOf(uuid: string): number {
  return JOURNALLESS + authorOf(uuid);
}
