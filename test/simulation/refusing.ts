// A server that takes some operations of an exchange and refuses others, put between a device and the real one: what is refused never gets there.
import type { Transport } from '@syncline/core';

/** An operation on its way, as far as it matters here. */
export interface Sent {
  readonly op_id: string;
  readonly type: string;
  readonly session_id?: string;
  readonly settlement_id?: string;
  readonly session?: { readonly session_id: string };
  readonly cancellation?: { readonly session_id: string };
  readonly sessions?: readonly { readonly session_id: string }[];
  readonly plan?: { readonly creates: readonly { readonly session_id: string }[] };
}

/** Everything that an operation is about, a settlement itself included. */
export function namesOf({ op_id: id, session_id: changed, settlement_id: settlement, session, cancellation, sessions = [], plan }: Sent): readonly string[] {
  const named = [session, cancellation, ...sessions, ...(plan?.creates ?? [])].flatMap((one) => one?.session_id ?? []);
  return [id, ...[changed, settlement].flatMap((one) => one ?? []), ...named];
}

export class Refusing {
  /** The code with which an operation is refused; null where it may pass. */
  codeFor: (operation: Sent) => string | null = () => null;
  /** What the server has heard of, it is not asked about again. */
  readonly #passed = new Set<string>();

  over(transport: Transport): Transport {
    const send: Transport['send'] = async (request, signal) => {
      if (request.path !== '/api/sync/exchange') return transport.send(request, signal);
      const asked = JSON.parse(request.body ?? '{}') as { readonly operations: readonly Sent[] };
      const refused = this.#refusalsOf(asked.operations);
      const operations = asked.operations.filter((one) => !refused.has(one));
      const sent = await transport.send({ ...request, body: JSON.stringify({ ...asked, operations }) }, signal);
      if (!sent.ok || sent.response.status !== 200) return sent;
      for (const { op_id: id } of operations) this.#passed.add(id);
      const body = JSON.parse(sent.response.body) as { readonly results: readonly unknown[] };
      const results = [...body.results, ...[...refused].map(([{ op_id: id }, code]) => ({ op_id: id, status: 'rejected', code, error: 'No' }))];
      return { ok: true, response: { ...sent.response, body: JSON.stringify({ ...body, results }) } };
    };
    return { ...transport, send };
  }

  /** With what rests on it in the same request, as a server does. */
  #refusalsOf(operations: readonly Sent[]): ReadonlyMap<Sent, string> {
    const refused = new Map<Sent, string>();
    const names = new Set<string>();
    for (const operation of operations) {
      const isResting = namesOf(operation).some((name) => names.has(name));
      const code = isResting ? 'depends_on_rejected' : this.#passed.has(operation.op_id) ? null : this.codeFor(operation);
      if (code === null) continue;
      refused.set(operation, code);
      for (const name of namesOf(operation)) names.add(name);
    }
    return refused;
  }
}
