/** Whether two JSON-like values are equal: same keys, same order of list items. Stops at the first difference. */
export function isEqualValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && isEqualValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
