// How often a fault is caused: all of it on request, about a tenth in the run that everybody makes.

/** Whether the whole count was asked for. */
export const isFull = process.env['SYNCLINE_FAULTS'] === 'full';

/** The count of this run; the short one is a tenth, rounded up, unless given. */
export function amount(full: number, short: number = Math.ceil(full / 10)): number {
  return isFull ? full : short;
}
