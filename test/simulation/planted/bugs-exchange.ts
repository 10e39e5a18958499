// Planted in the exchange and the stream. Each is found by a named scenario.
import type { PlantedBug } from './bug.ts';
import type { ScenarioName } from './scenarios.ts';

export interface ScenarioBug extends PlantedBug {
  readonly scenario: ScenarioName;
}

export const EXCHANGE: readonly ScenarioBug[] = [
  {
    id: 'change-skipped', rows: ['D16', 'I-01'], file: 'packages/core/src/sync/exchange.ts', scenario: 'all of another device’s sessions arrive',
    says: 'moves its cursor past a change it did not take',
    find: '    for (const session of answer.sessions) {\n',
    replace: '    for (const session of answer.sessions.slice(1)) {\n',
  },
  {
    id: 'page-ends-early', rows: ['D16', 'I-01'], file: 'packages/server/src/sync/change-page.ts', scenario: 'all of another device’s sessions arrive',
    says: 'the server leaves the newest change out and gives the cursor behind it',
    find: '      changes.push(told);',
    replace: '      if (change.sequence < until) changes.push(told);',
  },
  {
    id: 'op-id-shared', rows: ['D11', 'C05'], file: 'packages/core/src/sync/exchange-request.ts', scenario: 'two edits of one session are two operations',
    says: 'gives two edits of one session one operation id',
    find: '  const plain = { op_id: opId, seq };',
    replace: '  const plain = { op_id: change === null ? opId : session.id, seq };',
  },
  {
    id: 'result-forgotten', rows: ['D11', 'C05', 'I-01'], file: 'packages/server/src/sync/operation-batch.ts', scenario: 'an edit whose answer was lost does not come again over a later one',
    says: 'the server keeps no results, and applies a repeated operation again',
    find: '    await flush(this.#tx, set, { results: stored });',
    replace: '    await flush(this.#tx, set, { results: [] });\n    void stored;',
  },
  {
    id: 'tombstone-ignored', rows: ['I-25'], file: 'packages/core/src/sync/exchange-answer.ts', scenario: 'a delete reaches every device',
    says: 'reads a tombstone as a session that stands',
    find: '    deletedAt, clock: null,',
    replace: '    deletedAt: null, clock: null,',
  },
  {
    id: 'nothing-offered-again', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/exchange.ts', scenario: 'a restored server gets back what it lost',
    says: 'walks a restored server’s history and offers nothing of what it lacks',
    find: '    await planReoffer(local, walk, { term, owner: user, ids });',
    replace: '    void planReoffer, ids, user;\n    await local.commit((draft) => draft.setSync({ exchange: draft.view.sync.exchange && { ...draft.view.sync.exchange, cursor: walk.cursor, isVerifying: false } }), \'relaxed\');\n    void term;',
  },
  {
    id: 'deleted-not-offered', rows: ['D01', 'I-25'], file: 'packages/core/src/sync/reoffer.ts', scenario: 'a restored server is told of deletes, and of several states the newest stands',
    says: 'leaves deleted sessions out of what it offers again',
    find: "  if (isForgotten) return draft.delete('overlay', id);",
    replace: "  if (isForgotten || shown.deletedAt !== null) return draft.delete('overlay', id);",
  },
  {
    id: 'versions-begin-anew', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/exchange-request.ts', scenario: 'a restored server is told of deletes, and of several states the newest stands',
    says: 'does not say which version of a session it offers again',
    find: "knownVersion !== undefined && offers(server, 'versions')",
    replace: "knownVersion === -1 && offers(server, 'versions')",
  },
  {
    id: 'kept-offered-anew', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/reoffer-settlements.ts', scenario: 'a restored server learns once which overlap was kept',
    says: 'offers a decision again as a new one',
    find: '    settlement_id: id, kind: kind as SettlementKind,',
    replace: '    settlement_id: kind === \'keep_all\' ? by.ids.uuid() : id, kind: kind as SettlementKind,',
  },
  {
    id: 'settled-not-told', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/reoffer-settlements.ts', scenario: 'a restored server has the whole journal again, and can undo it',
    says: 'leaves settlements that changed sessions out of what it offers again',
    find: '  if (canTell(draft)) return offerTold(draft, merge, row, by);',
    replace: '  if (canTell(draft) && isKeeping(row)) return offerTold(draft, merge, row, by);',
  },
  {
    id: 'kept-not-offered', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/reoffer.ts', scenario: 'a restored server learns once which overlap was kept',
    says: 'leaves decisions out of what it offers again',
    find: '  await planReofferSettlements(local, walk, by);',
    replace: '  void planReofferSettlements;',
  },
  {
    id: 'settled-twice', rows: ['I-25', 'D11'], file: 'packages/server/src/sync/settle.ts', scenario: 'two devices that settle one overlap differently end alike',
    says: 'the server applies a second decision about sessions that the first one changed',
    find: '  if (isLate) return { kind: \'superseded\', sessions };',
    replace: '  void isLate;',
  },
  {
    id: 'loser-keeps-its-own', rows: ['I-25'], file: 'packages/core/src/sync/exchange-result.ts', scenario: 'two devices that settle one overlap differently end alike',
    says: 'does not tell a decision that came too late from one that was taken',
    find: 'isSuperseded: answer.status === \'superseded\', sessions: answer.sessions }',
    replace: 'isSuperseded: false, sessions: answer.sessions }',
  },
  {
    id: 'plan-stale', rows: ['I-25'], file: 'packages/core/src/sync/conflicts.ts', scenario: 'a plan that was overtaken is not carried out',
    says: 'carries out a plan over sessions that changed since',
    find: ' || !isAsSeen(before, now, seen)) throw',
    replace: ' || (isAsSeen(before, now, seen), false)) throw',
  },
  {
    id: 'cut-not-caught-up', rows: ['B09'], file: 'packages/core/src/sync/news.ts', scenario: 'what happened while the stream was cut comes with the next one',
    says: 'takes no news in the first second of a stream',
    find: '    if (event.type === \'hello\' || event.type === \'changed\') {',
    replace: '    connection.isOpen ||= event.type === \'hello\';\n    if (event.type !== \'running\' && clock.monotonic() - connection.since > 1000) {',
  },
  {
    id: 'answered-not-stored', rows: ['I-08', 'D11'], file: 'packages/server/src/sync/operation-batch.ts', scenario: 'what was acknowledged is stored',
    says: 'the server acknowledges operations and stores nothing of them',
    find: '    await flush(this.#tx, set, { results: stored });',
    replace: '    if (stored.length === 0) await flush(this.#tx, set, { results: stored });',
  },
  {
    id: 'unnamed-is-settled', rows: ['I-08', 'C05'], file: 'packages/core/src/sync/exchange-result.ts', scenario: 'an operation that the answer does not name is sent again',
    says: 'takes an operation that the answer does not name for delivered',
    find: '  if (answer === undefined) return unclear(operation, ',
    replace: '  if (answer === undefined) return { kind: \'acknowledged\', displayId: null, version: 1, isSuperseded: false, sessions: [] };\n  if (answer === undefined) return unclear(operation, ',
  },
  {
    id: 'server-id-only-key', rows: ['D18', 'C14'], file: 'packages/server/src/sync/submit.ts', scenario: 'an id that is taken stays who took it',
    says: 'the server stores a repeated session over the first',
    find: '  if (existing !== null && existing.state !== \'running\') {',
    replace: '  if (existing !== null && existing.state !== \'running\' && context.now < 0) {',
  },
  {
    id: 'offline-believed', rows: ['C01'], file: 'packages/core/src/sync/machine.ts', scenario: 'a platform that says there is no network is not believed for ever',
    says: 'believes the platform that there is no network',
    find: 'if (facts.isOffline && facts.offlineTryAt > now) return { kind: \'wait\', until: facts.offlineTryAt };',
    replace: 'if (facts.isOffline) return { kind: \'wait\', until: null };',
  },
  {
    id: 'regrouped-between-stores', rows: ['I-06'], file: 'packages/core/src/sync/merge.ts', scenario: 'what a device learns of kept pairs along with an acknowledgement leaves the rest in conflict',
    says: 'groups conflicts anew without the sessions on their way into history',
    find: 'joinAll(draft, this.#store, joining, appended);',
    replace: 'joinAll(draft, this.#store, joining);',
  },
];
