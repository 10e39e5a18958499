// Contenders take turns, in another order each round, so that the machine's moods hit all of them alike.

/** The middle of what was measured, and how far apart the middle half lies. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** By work, then by contender. */
export type Results = Record<string, Record<string, Spread>>;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number): number => {
    const place = (sorted.length - 1) * q;
    const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return round(below + (above - below) * (place % 1));
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), rounds: values.length };
}

/** Four significant digits: more would only pretend. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

export class Rounds {
  readonly #values = new Map<string, Map<string, number[]>>();

  add(contender: string, measured: Readonly<Record<string, number>>): void {
    for (const [work, value] of Object.entries(measured)) {
      const byContender = this.#values.get(work) ?? new Map<string, number[]>();
      this.#values.set(work, byContender);
      byContender.set(contender, [...(byContender.get(contender) ?? []), value]);
    }
  }

  results(): Results {
    return Object.fromEntries([...this.#values].map(([work, by]) => [work, Object.fromEntries([...by].map(([name, values]) => [name, spreadOf(values)]))]));
  }
}

export async function inTurns(names: readonly string[], rounds: number, turn: (name: string, round: number) => Promise<void>): Promise<void> {
  for (let number = 0; number < rounds; number += 1) {
    for (let i = 0; i < names.length; i += 1) await turn(names[(i + number) % names.length] as string, number);
  }
}
