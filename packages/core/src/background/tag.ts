// The tag of a wake-up names the account whose work waits: a worker has no other way to know, and more than one account may have used the browser.

const PREFIX = 'syncline:';

/** The tag under which a page asks for a wake-up for that account. */
export function tagOfUser(user: string): string {
  return PREFIX + user;
}

/** The account of a `sync` event's tag; null for a tag that is not ours. */
export function userOfTag(tag: string): string | null {
  return tag.startsWith(PREFIX) && tag.length > PREFIX.length ? tag.slice(PREFIX.length) : null;
}
