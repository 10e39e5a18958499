// What an exchange says of preferences, read defensively: what cannot be read counts as not said, and the rest of the answer stands.
import { type FieldIssue, LIMITS } from '@syncline/protocol';
import { asFields } from '../model/rows.ts';
import { plainText, readDetails } from '../sync/answer.ts';
import { fromBase64 } from './base64.ts';
import { isVector } from './document.ts';

export interface SoundAnswer {
  /** What the server has. */
  readonly vector: Uint8Array;
  /** What it says that this device lacks. */
  readonly update: Uint8Array | null;
  /** That is the end of the document of this device: the server began it anew. */
  readonly isReplaced: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly FieldIssue[];
}

export function readPreferencesAnswer(value: unknown): (SoundAnswer & { readonly refusal: Refusal | null }) | null {
  const fields = asFields(value);
  const vector = readBytes(fields?.['state_vector']);
  if (fields === null || vector === null || !isVector(vector)) return null;
  const update = fields['update'] === undefined ? null : readBytes(fields['update']);
  if (fields['update'] !== undefined && update === null) return null;
  return { vector, update, isReplaced: fields['replaced'] === true, refusal: readRefusal(fields['rejected']) };
}

function readRefusal(value: unknown): Refusal | null {
  const fields = asFields(value);
  if (fields === null) return null;
  return {
    code: plainText(fields['code'], 'rejected'),
    message: plainText(fields['message'], 'The server refused the preferences'),
    details: readDetails(fields['details']),
  };
}

function readBytes(value: unknown): Uint8Array | null {
  // Four characters for three bytes: what is too long is not even decoded.
  return typeof value === 'string' && value.length <= Math.ceil(LIMITS.yjsDocBytesMax / 3) * 4 ? fromBase64(value) : null;
}
