// @syncline/core: the engine. Public names, one by one.
export type {
  CancelInput, CancelReason, ClosingStatus, ClosingWord, ConnectionWord, DeviceInfo, DevicesApi, EngineStatus, EngineWithPreferences,
  FinishInput, LastingProblem, LocalStatus, ParkedReason, PhaseWord, RecordInput, RunningElsewhere, Session,
  SessionQuery, SessionsApi, SessionState, SleepEvidence, StartInput, SyncEngine, SyncEngineOptions, SyncOutcome,
} from './api.ts';
export type { ChoiceProblem, ConflictChoice, ConflictsApi, ResolutionPlan, ResolutionPreview, Settlement } from './api-conflicts.ts';
export type { DiagnosticRequest, Diagnostics } from './api-diagnostics.ts';
export type { ActionCode, ProblemCode, StateExplanation } from './api-explain.ts';
export type { AnnotateInput, AnnotationsPlugin } from './api-annotations.ts';
export type { LostPreference, PreferenceDetail, PreferencesApi, PreferencesPlugin, PreferencesState } from './api-preferences.ts';
export { browserPorts, createSyncEngine } from './adapters/browser.ts';
export { DEFAULT_PROJECT } from './model/session.ts';
export { type EngineError, type EngineErrorCode, type EngineIssue, isEngineError, type RetryWord } from './errors.ts';
export type {
  Cancel, Channel, ChannelFactory, Clock, Decision, Durability, HttpRequest, HttpResponse, Ids, Lifecycle, LifecycleEvent, Locks, Ports,
  Read, Row, Store, StoreError, StoreFactory, StoreFailure, StoreSpace, TableName, Tables, Transport, TransportFailure, TransportResult, Write,
} from './ports.ts';
export type { Source } from './source.ts';
