// @syncline/core/diagnostics: derives every status of an exported file again, and names the first that is not what the rules say.
export type { DiagnosticRequest, Diagnostics } from './api-diagnostics.ts';
export { verifyDiagnostics, type Verdict, type WrongStep } from './sync/verify-diagnostics.ts';
