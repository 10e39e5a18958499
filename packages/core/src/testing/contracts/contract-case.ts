// What a contract is made of: named cases that throw. They know no test framework, so every adapter can be held to them anywhere.

/** One promise of a port. `run` rejects when it is broken. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Where an implementation lives while it is examined. */
export interface ContractWorld {
  /** Lets time go on until the promise settles; the identity for real ones, the scheduler for simulated ones. */
  drive<T>(promise: Promise<T>): Promise<T>;
  /** Called after each case. */
  dispose?(): void | Promise<void>;
}

/** Cases made from bodies that all want a fresh world. */
export function casesOf<W extends ContractWorld>(
  createWorld: () => W | Promise<W>,
  bodies: Readonly<Record<string, (world: W) => Promise<void>>>,
): readonly ContractCase[] {
  return Object.entries(bodies).map(([name, body]) => ({
    name,
    async run() {
      const world = await createWorld();
      try {
        await world.drive(body(world));
      } finally {
        await world.dispose?.();
      }
    },
  }));
}

export function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** Compares by content: numbers, strings, arrays, plain objects, maps, dates, typed arrays. */
export function checkEqual(actual: unknown, expected: unknown, what = 'value'): void {
  if (!isSame(actual, expected)) throw new Error(`${what}: got ${show(actual)}, expected ${show(expected)}`);
}

/** The reason of a rejection that had to come. */
export async function rejectionOf(promise: Promise<unknown>): Promise<{ readonly name?: unknown; readonly code?: unknown; readonly message?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as { name?: unknown; code?: unknown; message?: unknown };
  }
  throw new Error('resolved, and should have been rejected');
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Map && b instanceof Map) return isSame([...a], [...b]);
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  const [fieldsA, fieldsB] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keysA.length === keysB.length && keysA.every((key) => Object.hasOwn(b, key) && isSame(fieldsA[key], fieldsB[key]));
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
