// How much a store gives at once, whichever it is.

/** Nobody runs so many sessions: what runs is told whole, with every start, to every device and stream. */
export const RUNNING_MAX = 100;
/** Sessions of a history that are in memory for its statistics. */
export const ACTIVITY_AT_ONCE = 1000;
/** Settlements: one may hold the notes of all the sessions it changed. */
export const SETTLEMENTS_AT_ONCE = 8;
