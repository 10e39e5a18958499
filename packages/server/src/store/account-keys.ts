import { canonicalUuid } from '@syncline/protocol';

/** Under which a username is found: two that differ in case or in the way an accent is written are one. */
export function usernameKey(username: string): string {
  return username.normalize('NFC').toLowerCase();
}

/** Whether a text can be an id of ours at all; another one is simply not found. */
export function isUuid(text: string): boolean {
  return canonicalUuid(text) !== null;
}
