// What every Syncline device and server must agree on. `rules/` is pure and knows no schema library; `wire/` describes every
// call; `errors` is the one table of codes. Imports nothing of ours. The OpenAPI builder has an entry of its own.
export { ERRORS, type ErrorCode, type ErrorEntry, isErrorCode, type RetryClass } from './errors.ts';
export { type AppIdentity, isDeviceType, parseAppIdentifier } from './rules/app-identifier.ts';
export {
  type Conflict,
  conflictId,
  type ConflictKind,
  type ConflictSession,
  groupConflicts,
  isEveryDuplicate,
  pairKey,
  toWireConflict,
  type WireConflict,
} from './rules/conflict.ts';
export type { FieldIssue } from './rules/field-issue.ts';
export { formatInstant, parseInstant } from './rules/instant.ts';
export { LIMITS } from './rules/limits.ts';
export { nextStatusChangeAt } from './rules/next-status-change.ts';
export {
  findOverlaps,
  findOverlapsInColumns,
  intervalsOverlap,
  type OverlapPair,
  type SessionInterval,
} from './rules/overlap.ts';
export { deviceTypeName } from './rules/recommendations.ts';
export { durationMinutes, type SessionTimeIssue, type SessionTimes, validateSessionTimes } from './rules/session-input.ts';
export {
  type ConflictResolution,
  type DataSummary,
  deriveSyncStatus,
  deviceAge,
  type DeviceStatus,
  type DeviceWord,
  deviceWord,
  isActive,
  isRetired,
  type OverallWord,
  overallWord,
  type StatusOptions,
  SUPPORT_CONTACT,
  type SyncStatus,
} from './rules/status.ts';
export type { DeviceFacts, ParkedFact, SyncFacts } from './rules/sync-facts.ts';
export { syncLagWords } from './rules/sync-lag.ts';
export { textProblem, utf8Length } from './rules/text.ts';
export { canonicalUuid } from './rules/uuid.ts';
