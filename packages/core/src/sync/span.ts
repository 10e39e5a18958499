/** A wait by the device's clock. It remembers when it began: a clock that shows less than that was put back, and then the wait is over. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A wait from now on. */
export function spanOf(now: number, ms: number): Span {
  return { from: now, until: now + ms };
}

/** No wait is as long: a stored one that is was damaged, and would hold everything up for ages. */
const SPAN_MAX_MS = 7_200_000;

/** When it is over; `now` if it is. Null is over. */
export function endOf(span: Span | null, now: number): number {
  if (span !== null && span.until - span.from > SPAN_MAX_MS) return now;
  return span === null || now < span.from || now >= span.until ? now : span.until;
}

export function isOver(span: Span | null, now: number): boolean {
  return endOf(span, now) === now;
}

/** The same wait, ended at `at` at the latest. */
export function sooner(span: Span | null, now: number, at: number): Span {
  return { from: now, until: Math.min(endOf(span, now), at) };
}
