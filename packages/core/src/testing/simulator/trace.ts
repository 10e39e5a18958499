// What happened, in order: always as a running hash, and as text when somebody wants to read it.

/** Collects the events of one run. */
export interface Trace {
  /** Adds one event. `detail` is asked for only text that must be equal between two runs of one plan. */
  add(at: number, kind: string, detail: string): void;
  /** Sixteen hex digits over everything added so far. */
  hash(): string;
  /** The events as lines; empty unless the trace was told to keep them. */
  readonly lines: readonly string[];
}

/** With `keep`, the trace remembers each event as a line of text. */
export function createTrace(keep: boolean): Trace {
  let low = 0xdeadbeef | 0;
  let high = 0x41c6ce57 | 0;
  const lines: string[] = [];
  return {
    lines,
    add(at, kind, detail) {
      const text = `${at} ${kind} ${detail}`;
      for (let index = 0; index < text.length; index += 1) {
        const unit = text.charCodeAt(index);
        low = Math.imul(low ^ unit, 0x9e3779b1);
        high = Math.imul(high ^ unit, 0x5f356495);
      }
      low ^= high >>> 15;
      if (keep) lines.push(text);
    },
    hash: () => [high, low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join(''),
  };
}
