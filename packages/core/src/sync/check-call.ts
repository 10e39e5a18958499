// What is refused before anything is decided.
import { canonicalUuid, type FieldIssue, LIMITS } from '@syncline/protocol';
import { engineError } from '../errors.ts';

/** @throws EngineError `invalid_input` that names every faulty field. */
export function refuse(issues: readonly FieldIssue[]): void {
  if (issues.length > 0) throw engineError('invalid_input', issues);
}

/** No issue with a field that is fit. */
export function unless(isFit: boolean, path: string, message: string): readonly FieldIssue[] {
  return isFit ? [] : [{ path, message }];
}

/** The key of a session. */
export function canonical(id: string, code: 'not_running' | 'not_found' | 'invalid_input'): string {
  const key = canonicalUuid(id);
  if (key === null) throw engineError(code, code === 'invalid_input' ? [{ path: 'id', message: 'must be a UUID' }] : []);
  return key;
}

/** Whether it is one word of ASCII, as ids, codes and the names of apps are. */
export function isHeaderText(value: unknown, charsMax: number = 128): value is string {
  return typeof value === 'string' && value.length <= charsMax && /^[!-~]+$/.test(value);
}

/** What a server marked a place with. It goes back to the server with each request: anything else it would refuse for ever. */
export function isMark(value: unknown): value is string {
  return isHeaderText(value, LIMITS.cursorChars);
}
