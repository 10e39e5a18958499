// What every Syncline device and server must agree on. `rules/` is pure and knows no schema library; `wire/` describes every
// call; `errors` is the one table of codes. Imports nothing of ours. The OpenAPI builder has an entry of its own.
export { ERRORS, type ErrorCode, type ErrorEntry, isErrorCode, type RetryClass } from './errors.ts';
export { type AppIdentity, isDeviceType, parseAppIdentifier } from './rules/app-identifier.ts';
export { CERTAINTIES, type Certainty, certaintyOf, type ClockBound } from './rules/certainty.ts';
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
export { EXCHANGE_PROTOCOL } from './rules/exchange-protocol.ts';
export { LIMITS } from './rules/limits.ts';
export { nextStatusChangeAt } from './rules/next-status-change.ts';
export {
  findOverlaps,
  findOverlapsInColumns,
  intervalsOverlap,
  type OverlapPair,
  type SessionInterval,
} from './rules/overlap.ts';
export { PREFERENCE_NAMES, preferenceFault } from './rules/preference.ts';
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
export { DANGEROUS_KEYS } from './rules/dangerous-keys.ts';
export {
  type DeviceExplanation, explainDevice, type Explanation, explainOverall, type OverallExplanation, type StatusAction, type StatusCause,
} from './rules/explain.ts';
export {
  DUPLICATE_SCORE_MIN, type DuplicateCandidate, type DuplicateReason, findLikelyDuplicates, type LikelyDuplicate,
} from './rules/likely-duplicates.ts';
export type { DeviceFacts, ParkedFact, SyncFacts } from './rules/sync-facts.ts';
export { syncLagWords } from './rules/sync-lag.ts';
export { nameProblem, textProblem, utf8Length } from './rules/text.ts';
export { isTimeZone } from './rules/time-zone.ts';
export { canonicalUuid } from './rules/uuid.ts';
export {
  parseQuery,
  type ParseResult,
  parseWith,
} from './wire/parse.ts';
export {
  CANCEL_REASONS,
  type CancellationRecord,
  type CancelReason,
  cancelRequest,
  type CancelRequest,
  cancelResponse,
  type CancelResponse,
  type PomodoroRecord,
  type PreSession,
  sessionStartRequest,
  type SessionStartRequest,
  sessionStartResponse,
  type SessionStartResponse,
  submitRequest,
  type SubmitRequest,
  submitResponse,
  type SubmitResponse,
} from './wire/session-calls.ts';
export {
  type AccountUser,
  type Capability,
  type EmptyRequest,
  healthResponse,
  type HealthResponse,
  loginRequest,
  type LoginRequest,
  loginResponse,
  type LoginResponse,
  logoutResponse,
  type LogoutResponse,
  refreshResponse,
  type RefreshResponse,
} from './wire/account-calls.ts';
export { parseSubmit, type SubmitCheck } from './wire/parse-submit.ts';
export {
  analyticsQuery,
  type AnalyticsQuery,
  analyticsResponse,
  type AnalyticsResponse,
  type PreferenceName,
  type Preferences,
  preferencesRequest,
  type PreferencesRequest,
  preferencesResponse,
  type PreferencesResponse,
  type UserDataResponse,
  userDataResponse,
} from './wire/user-calls.ts';
export {
  type ConflictAnswer,
  type DeviceStatusAnswer,
  errorResponse,
  type ErrorResponse,
  type SyncStatusAnswer,
  syncStatusQuery,
  type SyncStatusQuery,
  syncStatusResponse,
} from './wire/status-call.ts';
export {
  type CallerHeaders,
  type CallerHeadersResult,
  HEADERS,
  parseCallerHeaders,
} from './wire/headers.ts';
export {
  type AmendOperation,
  type CancelOperation,
  type DeleteOperation,
  type Operation,
  OPERATION_TYPES,
  type OperationHead,
  operationSchema,
  type OperationType,
  type ResolveOperation,
  type RestoreOperation,
  type SessionEdit,
  type SessionVersion,
  SETTLEMENT_KINDS,
  type SettlementKind,
  type SettlementPlan,
  type StartOperation,
  type SubmitOperation,
  type SubmittedSession,
  type RememberedSettlement,
  type RememberOperation,
  type UnresolveOperation,
} from './wire/operations.ts';
export {
  type Change,
  changeSchema,
  operationResult,
  type OperationResult,
  RESULT_STATUSES,
  type ResultStatus,
  runningSession,
  type RunningSession,
  sessionRecord,
  type SessionRecord,
  settlementRecord,
  type SettledSession,
  type SettlementMemory,
  type SettlementRecord,
} from './wire/records.ts';
export {
  type DeviceMemory,
  type ExchangeDevice,
  exchangeProtocolOf,
  exchangeRequest,
  type ExchangeRequest,
  exchangeResponse,
  type ExchangeResponse,
  type PreferencesAnswer,
  type PreferencesExchange,
  type PreferencesRefusal,
  type ResetReason,
} from './wire/exchange.ts';
export {
  deviceNameRequest,
  type DeviceNameRequest,
  type DeviceRecord,
  deviceResponse,
  type DeviceResponse,
  deviceSignedOutResponse,
  type DeviceSignedOutResponse,
  devicesResponse,
  type DevicesResponse,
} from './wire/device-calls.ts';
export {
  type ExportDevice,
  type ExportEnd,
  type ExportHeader,
  exportLine,
  type ExportLine,
  type ExportPreferences,
  type ExportSession,
  type ExportSettlement,
  type StreamBye,
  type StreamChanged,
  streamEvent,
  type StreamEvent,
  type StreamHello,
  streamQuery,
  type StreamQuery,
  type StreamRunning,
} from './wire/stream.ts';
export {
  type Call,
  type CallName,
  CALLS,
  COMMON_ERRORS,
} from './wire/calls.ts';
export type { Schema } from './wire/schema.ts';
