import { applyUpdate, Doc, encodeStateVector } from 'yjs';

/** Whether two documents hold all the same changes. */
export function isSameDocument(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(vectorOf(a), vectorOf(b)) === 0;
}

function vectorOf(document: Uint8Array): Uint8Array {
  const doc = new Doc();
  applyUpdate(doc, document);
  return encodeStateVector(doc);
}
