// Equality of lists of flat rows, for streams that must not repeat themselves.

/** Whether both lists hold the same rows in the same order, compared field by field. */
export function sameRows(a: readonly object[], b: readonly object[]): boolean {
  return a === b || (a.length === b.length && a.every((row, index) => sameFields(row, b[index] ?? {})));
}

function sameFields(a: object, b: object): boolean {
  if (a === b) return true;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && Object.is(right.get(key), value));
}
