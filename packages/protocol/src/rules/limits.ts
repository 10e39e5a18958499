// Every cap and threshold both sides must agree on, in one object. Change a number here and both ends,
// the OpenAPI document and the tests move together. Nothing here reads the environment.

/**
 * Caps and thresholds shared by client and server. Names end in their unit: `Ms` milliseconds, `Bytes`
 * UTF-8 bytes, `Chars` UTF-16 code units, `Hours`, `Days`, `Minutes`; a name with `Max` alone is a count.
 */
export const LIMITS = {
  /** Longest session, in hours; `end − start` may equal it. */
  sessionHoursMax: 24,
  /** The same in milliseconds. */
  sessionMsMax: 86_400_000,
  /** A session's `duration` may differ from `end − start` by this much, inclusive. */
  durationToleranceMs: 60_000,
  /** Largest `duration` in minutes that can still be within tolerance; also the largest `elapsed_minutes`. */
  durationMinutesMax: 1441,
  /** Largest `planned_duration`. */
  plannedMinutesMax: 1440,
  /** Oldest `start_time`: 2000-01-01T00:00:00Z. */
  earliestStart: 946_684_800_000,
  /** How far `end_time` may lie in the server's future, inclusive. */
  futureLeewayMs: 300_000,

  /** A device is active while its age is below this; at it, the device is `stale`. */
  activeWindowMs: 3_600_000,
  /** Default of `last_hours`. */
  lastHoursDefault: 24,
  /** Largest `last_hours`; the smallest is 1. */
  lastHoursMax: 8760,
  /** A device unseen for so long, with nothing pending, is retired and appears nowhere. */
  retireAfterDays: 90,
  /** Default and largest `days` of the analytics call. */
  analyticsDaysDefault: 30,
  analyticsDaysMax: 366,

  /** Notes, planning notes, goals and cancel notes. */
  noteBytesMax: 4096,
  categoryBytesMax: 128,
  projectBytesMax: 256,
  versionBytesMax: 64,
  deviceNameBytesMax: 128,
  deviceIdChars: 128,
  deviceTypeChars: 32,
  tagsMax: 16,
  tagBytesMax: 64,
  usernameBytesMax: 256,
  passwordCharsMax: 256,
  /** Shortest password that may be *set*; login itself takes 1 to `passwordCharsMax`. */
  newPasswordCharsMin: 8,
  timezoneChars: 64,
  cursorChars: 256,
  sessionsPendingMax: 1_000_000,

  /** Operations and changes in one exchange; larger asks are cut (`more`) or refused with 413. */
  opsPerExchangeMax: 1000,
  changesPerPageMax: 1000,
  exchangeBytesMax: 1_048_576,
  /** Sessions one settlement may name. Of a larger conflict some are deleted or changed first. */
  settlementSessionsMax: 100,
  /** One Yjs update or state vector, decoded. */
  yjsUpdateBytesMax: 65_536,
  /** The whole preferences document, decoded. */
  yjsDocBytesMax: 1_048_576,
  /** A preferences document that grew beyond it is begun anew by the server, out of what it says. */
  preferencesRewriteBytes: 8192,
  preferenceKeysMax: 256,
  preferenceValueBytesMax: 4096,

  /** Any other request body; login, refresh and logout bodies. */
  bodyBytesMax: 262_144,
  authBodyBytesMax: 4096,
  /** Nesting of objects and arrays in a request body; the body itself is level 1. */
  jsonDepthMax: 8,
  /** Faults that one answer names: a body of faults alone would make one many times as long. */
  detailsMax: 50,

  devicesPerUserMax: 50,
  /** Streams of one user that are open at once on one server process. */
  streamsPerUserMax: 64,
  /** Sessions of one user that start on one UTC day. */
  sessionsPerDayMax: 2000,
  /** Deleted sessions stay recoverable, and their tombstones readable, at least so long. */
  tombstoneDays: 30,
  /** `last_seen` of a device is written at most once in this time. */
  lastSeenWriteMs: 30_000,
  /** Difference between device clock and server clock that is worth telling the user. */
  clockSkewWarnMs: 120_000,
} as const;
