// Preferences as the server keeps them: the document, and the documented values that it says, changed together or not at all.
import { createHash } from 'node:crypto';
import { ERRORS, type FieldIssue, LIMITS, type Preferences, type PreferencesAnswer, type PreferencesExchange, PREFERENCE_NAMES } from '@syncline/protocol';
import { journallessAuthorOf } from '../documents/author.ts';
import { fromBase64, toBase64 } from '../documents/base64.ts';
import { editPreferences, firstPreferences, type MergedPreferences, type PreferencesJob } from '../documents/preferences-document.ts';
import type { Documents, StoredPreferences, UserChanges, UserReader, UserSummary } from '../ports.ts';

/** Updates are kept for repair as long as deleted sessions are, and no more than so many of a user. */
const KEPT_MS = LIMITS.tombstoneDays * 86_400_000;
const KEPT_MAX = 200;

/** Rows to write, with the summary they go with; absent when nothing changed. */
export type PreferencesChanges = Pick<UserChanges, 'preferences' | 'preferencesUpdate' | 'summary'>;

export interface PreferencesContext {
  readonly documents: Documents;
  readonly now: number;
  readonly deviceId: string | null;
  readonly summary: UserSummary;
}

/** The answer to a device that sends nothing, without a write; null when one is needed. */
export async function readPreferencesAnswer(tx: UserReader, sent: PreferencesExchange, documents: Documents): Promise<PreferencesAnswer | null> {
  if (sent.update !== undefined) return null;
  const stored = await tx.preferences();
  const kept = intact(stored);
  if (kept === null) return null;
  const own = toBase64(kept.stateVector);
  if (own === sent.state_vector) return { state_vector: own };
  const outcome = await documents.syncPreferences(jobOf(kept, stored, sent, documents));
  return answerOf(outcome, kept.stateVector);
}

/** Takes what a device sends into the document. Never throws for what is in it: a refusal is part of the answer. */
export async function exchangePreferences(
  stored: StoredPreferences,
  sent: PreferencesExchange,
  { documents, now, deviceId, summary }: PreferencesContext,
): Promise<{ readonly answer: PreferencesAnswer; readonly changes: PreferencesChanges }> {
  const kept = intact(stored);
  const first = kept === null ? firstOf(stored) : null;
  const base = kept ?? (first as MergedPreferences);
  const update = sent.update === undefined ? null : fromBase64(sent.update);
  const outcome = await documents.syncPreferences(jobOf(base, stored, sent, documents));
  const answer = answerOf(outcome, base.stateVector);
  if (outcome?.merged != null && update !== null) return { answer, changes: changesOf(outcome.merged, update, stored, { now, deviceId, summary }) };
  return { answer, changes: first === null ? {} : { preferences: rowOf(first, stored.updatedAt, null) } };
}

function jobOf({ document }: Pick<MergedPreferences, 'document'>, { retired }: StoredPreferences, sent: PreferencesExchange, { rewriteAbove }: Documents): PreferencesJob {
  const update = sent.update === undefined ? null : fromBase64(sent.update);
  return { document, retired, stateVector: fromBase64(sent.state_vector), update, rewriteAbove };
}

/** Sets values as a call does that knows no documents. Null when nothing changes. @param uuid a fresh random one. */
export function setPreferences(
  stored: StoredPreferences,
  request: Preferences,
  { documents, now, deviceId, summary }: PreferencesContext,
  uuid: string,
): PreferencesChanges | null {
  const names = PREFERENCE_NAMES.filter((name) => request[name] !== undefined && request[name] !== stored.values[name]);
  if (names.length === 0) return null;
  const changed: Preferences = Object.fromEntries(names.map((name) => [name, request[name]]));
  const base = intact(stored) ?? firstOf(stored);
  const edit = { values: changed, origin: { device_id: deviceId, at: now }, author: journallessAuthorOf(uuid) };
  const edited = editPreferences(base.document, edit, documents.rewriteAbove);
  return changesOf(edited, edited.update, stored, { now, deviceId, summary });
}

/** The document, unless there is none yet or its bytes are not those that were stored: then it is made again out of the values. */
function intact({ document, stateVector, digest }: StoredPreferences): Pick<MergedPreferences, 'document' | 'stateVector'> | null {
  return document !== null && stateVector !== null && digest === digestOf(document) ? { document, stateVector } : null;
}

function firstOf({ values, updatedAt }: StoredPreferences): MergedPreferences {
  return firstPreferences(values, Math.max(0, updatedAt ?? 0));
}

function changesOf(
  merged: MergedPreferences,
  update: Uint8Array,
  before: StoredPreferences,
  { now, deviceId, summary }: Omit<PreferencesContext, 'documents'>,
): PreferencesChanges {
  // Two changes within one reading of the clock are two changes still: the status tag tells them apart by this time.
  const updatedAt = Math.max(now, (summary.preferencesUpdated ?? now - 1) + 1);
  return {
    preferences: rowOf(merged, updatedAt, merged.retired ?? before.retired),
    preferencesUpdate: { added: { at: now, deviceId, digest: digestOf(update), update }, before: now - KEPT_MS, most: KEPT_MAX },
    summary: { ...summary, preferencesUpdated: updatedAt },
  };
}

function rowOf({ document, stateVector, values }: MergedPreferences, updatedAt: number | null, retired: Uint8Array | null): StoredPreferences {
  const known = PREFERENCE_NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  return { values: Object.fromEntries(known), updatedAt, document, stateVector, digest: digestOf(document), retired };
}

function answerOf(outcome: Awaited<ReturnType<Documents['syncPreferences']>>, ownVector: Uint8Array): PreferencesAnswer {
  if (outcome === null) return { state_vector: toBase64(ownVector), rejected: refusal('limit_reached', [{ path: 'update', message: 'takes too long or too much memory to read' }]) };
  const { stateVector, answer, refused, isReplaced } = outcome;
  return {
    state_vector: toBase64(stateVector),
    ...(answer === null ? {} : { update: toBase64(answer) }),
    ...(refused === null ? {} : { rejected: refusal('invalid_request', refused) }),
    ...(isReplaced ? { replaced: true } : {}),
  };
}

function refusal(code: 'invalid_request' | 'limit_reached', details: readonly FieldIssue[]): NonNullable<PreferencesAnswer['rejected']> {
  return { code, message: ERRORS[code].message, details };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
