/** Author numbers up to here are those of first states of preferences. */
const FIRST_STATES = 0x1_0000;

/** A number under which the server writes one edit and never another, from a fresh random UUID. */
export function authorOf(uuid: string): number {
  return FIRST_STATES + 1 + Number.parseInt(uuid.slice(-8), 16);
}
