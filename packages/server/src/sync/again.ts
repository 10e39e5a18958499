// What a device offers again because this server's time went back. Versions go on where they were, so that they tell which of two states of
// a session is the newer one, whatever the order in which devices come.
import type { AmendOperation, DeleteOperation, RestoreOperation, SessionEdit, SubmitOperation } from '@syncline/protocol';
import { applyEdit, change } from './edit.ts';
import type { OperationOutcome } from './outcome.ts';
import { applySubmit, toSubmitInput } from './submit.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

/** @param version the session's with this change, before. Null where the ordinary rule decides. */
export function applyAgain(
  set: WorkingSet, operation: SubmitOperation | AmendOperation | DeleteOperation | RestoreOperation, version: number, context: ApplyContext,
): OperationOutcome | null {
  const stored = set.session(operation.type === 'submit' ? operation.session.session_id : operation.session_id);
  const by = { ...context, version };
  if (stored === null || stored.state === 'running') {
    // Whoever brings it back, it is the session of the device that recorded it.
    return operation.type === 'submit' ? applySubmit(set, toSubmitInput(operation.session), { ...by, deviceId: operation.recorded_by ?? context.deviceId }) : null;
  }
  if (stored.state === 'cancelled') return null;
  const edit = editOf(operation);
  if (stored.version >= version) {
    // What merges is merged, old or new.
    const merged = edit?.annotation === undefined ? stored : applyEdit(set, stored, { note: edit.note, tags: edit.tags, annotation: edit.annotation }, context);
    return 'kind' in merged ? merged : { kind: merged === stored ? 'repeated' : 'applied', session: merged, isOther: true };
  }
  const deletedAt = operation.type === 'amend' ? stored.deletedAt : operation.type === 'delete' ? (stored.deletedAt ?? context.now) : null;
  const next = { ...stored, deletedAt };
  const edited = applyEdit(set, next, edit ?? {}, by);
  if ('kind' in edited) return edited;
  return { kind: 'applied', session: edited === next ? change(set, next, by) : edited, isOther: true };
}

function editOf(operation: SubmitOperation | AmendOperation | DeleteOperation | RestoreOperation): SessionEdit | null {
  if (operation.type === 'amend') return operation.edit;
  if (operation.type !== 'submit') return null;
  const { session_id: _, source: __, clock: ___, ...edit } = operation.session;
  return edit;
}
