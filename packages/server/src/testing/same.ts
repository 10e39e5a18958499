/** Equal by content: primitives, arrays, plain objects, maps, typed arrays. Keys whose value is undefined count as absent. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map) return isDeepStrictEqual([...a], [...b]);
  if (ArrayBuffer.isView(a) !== ArrayBuffer.isView(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [fieldsA, fieldsB] = [definedOf(a), definedOf(b)];
  return fieldsA.size === fieldsB.size && [...fieldsA].every(([key, value]) => fieldsB.has(key) && isDeepStrictEqual(value, fieldsB.get(key)));
}

function definedOf(object: object): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined));
}
