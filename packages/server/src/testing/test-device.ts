// A device that exchanges as an engine would: it numbers its operations, follows its cursor, and keeps what it is told.
import { type Change, type ExchangeRequest, type ExchangeResponse, exchangeResponse, type Operation, type OperationResult, parseWith, type SessionRecord } from '@syncline/protocol';
import type { ApiAnswer, ApiUser } from './api-world.ts';

/** An operation before it has its number and id. */
export type OperationBody = Operation extends infer O ? (O extends Operation ? Omit<O, 'op_id' | 'seq'> : never) : never;

export interface TestDeviceOptions {
  readonly user: ApiUser;
  readonly newId: () => string;
  readonly deviceId: string;
  readonly deviceType?: string;
}

export class TestDevice {
  readonly deviceId: string;
  readonly #options: TestDeviceOptions;
  incarnation: string;
  run: string;
  seq: number = 0;
  cursor: string | null = null;
  epoch: string | null = null;
  statusTag: string | null = null;
  /** Sessions and settlements as the server's changes tell them, by id. */
  readonly known: Map<string, Change> = new Map<string, Change>();

  constructor(options: TestDeviceOptions) {
    this.#options = options;
    this.deviceId = options.deviceId;
    this.incarnation = options.newId();
    this.run = options.newId();
  }

  /** Numbers operations. Sending them twice is sending the same bytes. */
  number(...bodies: OperationBody[]): Operation[] {
    return bodies.map((body) => {
      this.seq += 1;
      return { ...body, op_id: this.#options.newId(), seq: this.seq } as Operation;
    });
  }

  request(operations: readonly Operation[], differing: Partial<ExchangeRequest> = {}): ExchangeRequest {
    const device = {
      device_id: this.deviceId, device_type: this.#options.deviceType ?? 'mac_app', version: '1.0', sessions_pending: operations.length,
      incarnation: this.incarnation, run: this.run,
    };
    return { protocol: 1, device, cursor: this.cursor, epoch: this.epoch, operations, status_tag: this.statusTag, ...differing };
  }

  /** One exchange whose answer is lost. */
  send(request: ExchangeRequest): Promise<ApiAnswer> {
    return this.#options.user.call('exchange', { body: request });
  }

  /** One exchange whose answer is read and believed. */
  async exchange(operations: readonly Operation[] = [], differing: Partial<ExchangeRequest> = {}): Promise<ExchangeResponse> {
    const answer = await this.send(this.request(operations, differing));
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const parsed = parseWith(exchangeResponse, JSON.parse(answer.text));
    if (!parsed.ok) throw new Error(`not as the schema says: ${JSON.stringify(parsed.issues)}`);
    this.#believe(parsed.value);
    return parsed.value;
  }

  /** The results of new operations, sent at once. */
  async apply(...bodies: OperationBody[]): Promise<readonly OperationResult[]> {
    return (await this.exchange(this.number(...bodies))).results;
  }

  /** Exchanges until nothing more is waiting. */
  async catchUp(limit?: number): Promise<void> {
    while ((await this.exchange([], limit === undefined ? {} : { limit })).more) continue;
  }

  /** Records in results tell what changes leave out; one of a resend may be older than what is known. */
  #learn(record: SessionRecord): void {
    const known = this.known.get(record.session_id)?.session;
    if (known === undefined || known.version <= record.version) this.known.set(record.session_id, { seq: 0, type: 'session', session: record });
  }

  #believe(response: ExchangeResponse): void {
    if (response.reset !== undefined) this.known.clear();
    for (const change of response.changes) this.known.set(change.session?.session_id ?? change.settlement?.settlement_id ?? '', change);
    for (const { session, sessions = [] } of response.results) for (const record of session === undefined ? sessions : [session, ...sessions]) this.#learn(record);
    this.cursor = response.cursor;
    this.epoch = response.epoch;
    this.statusTag = response.status_tag;
  }
}
