// Merging of Yjs documents as bytes: V1 updates only, of bounded size, and never as live documents.
import { LIMITS } from '@syncline/protocol';
import { mergeUpdates } from 'yjs';

/** A document with an update merged into it, or null when the update cannot be read or the result is too large. */
export function mergeDocument(document: Uint8Array | null, update: Uint8Array, bytesMax: number): Uint8Array | null {
  if (update.byteLength > LIMITS.yjsUpdateBytesMax) return null;
  try {
    const merged = mergeUpdates(document === null ? [update] : [document, update]);
    return merged.byteLength > bytesMax ? null : merged;
  } catch {
    return null;
  }
}

/** Base64 that passed its schema. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
