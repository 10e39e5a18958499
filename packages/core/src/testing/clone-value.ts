// Copies a value as a database or a channel would, for the kinds of value the engine stores. Several times cheaper than the
// platform's structured clone, which matters when a fault simulator copies millions of rows.

/** A copy that shares nothing with the original. Throws a `DataCloneError` for what could not be stored: functions, symbols, promises. */
export function cloneValue<T>(value: T): T {
  return copy(value, 0) as T;
}

const DEPTH_MAX = 256;

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw cannotClone(typeof value);
    return value;
  }
  if (depth > DEPTH_MAX) throw cannotClone('something deeper than 256 levels');
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyObject(value, depth);
  return copySpecial(value, depth);
}

function copyObject(value: object, depth: number): object {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key], depth + 1);
    // Assigning `__proto__` would change the prototype instead of storing a field.
    if (key === '__proto__') Object.defineProperty(result, key, { value: item, writable: true, enumerable: true, configurable: true });
    else result[key] = item;
  }
  return result;
}

function copySpecial(value: object, depth: number): unknown {
  // A constructor and not `slice`, which shares memory where a platform's buffers extend `Uint8Array`.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Float64Array || value instanceof Uint32Array || value instanceof Int32Array) return value.slice();
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value) || value instanceof RegExp || value instanceof Error) return structuredClone(value);
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key, depth + 1), copy(item, depth + 1)]));
  if (value instanceof Set) return new Set([...value].map((item) => copy(item, depth + 1)));
  throw cannotClone(Object.prototype.toString.call(value));
}

function cannotClone(what: string): Error {
  const error = new Error(`${what} cannot be cloned`);
  error.name = 'DataCloneError';
  return error;
}
