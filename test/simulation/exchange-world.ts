// Devices of one account with real engines and the real server app on one virtual time, for tests that say exactly what happens.
import { createSyncEngine, type HttpRequest, type RecordInput, type SyncEngine } from '@syncline/core';
import { appHandler, createSimDevice, createSimIds, createSimScheduler, type SimDevice, type SimServer } from '@syncline/core/testing';
import { createRealServer } from './real-server.ts';

export const USER = '00000000-0000-4000-8000-00000000000a';
const MINUTE = 60_000;

export class ExchangeWorld {
  readonly scheduler: ReturnType<typeof createSimScheduler> = createSimScheduler({ settle: () => new Promise((done) => setImmediate(done)) });
  readonly requests: { readonly request: HttpRequest; readonly answerChars: number }[] = [];
  /** Devices that reach nothing. */
  readonly offline: Set<SimDevice> = new Set();
  readonly server: SimServer;
  #ids = 1;

  private constructor(makeServer: (now: () => number) => SimServer) {
    this.server = makeServer(() => this.scheduler.now);
  }

  static async create(): Promise<ExchangeWorld> {
    let now: () => number = () => 0;
    const ids = createSimIds(7);
    const server = await createRealServer({
      now: () => now(), uuid: () => ids.uuid(), userIds: [USER], readToken: (token) => (token.endsWith('good') ? { userId: USER, expiresAt: Number.MAX_SAFE_INTEGER } : null),
    });
    return new ExchangeWorld((clock) => {
      now = clock;
      return server;
    });
  }

  device(from?: SimDevice): SimDevice {
    const device = createSimDevice(this.scheduler, { name: `d${(this.#ids += 1)}` });
    if (from !== undefined) device.disk.restore(from.disk);
    return device;
  }

  async open(device: SimDevice): Promise<SyncEngine> {
    const ask = appHandler(this.server.app);
    const page = device.openPage({
      ids: createSimIds((this.#ids += 1) * 1000),
      network: () => (this.offline.has(device) ? { loseRequest: 'error' } : { requestDelayMs: 10, responseDelayMs: 10 }),
      server: async (request) => {
        const answer = await ask(request);
        this.requests.push({ request, answerChars: answer.body.length });
        return answer;
      },
    });
    const token = `e30.${btoa(JSON.stringify({ sub: USER }))}.good`;
    return this.drive(createSyncEngine({
      user: USER, device: { type: 'web_timer', version: '1.0.0' }, server: { url: 'http://server.test', token: () => token }, ports: page.ports,
    }));
  }

  drive<T>(promise: Promise<T>): Promise<T> {
    return this.scheduler.drive(promise);
  }

  run(ms: number): Promise<void> {
    return this.scheduler.runFor(ms);
  }

  /** A finished session that began so many minutes ago. */
  session(minutesAgo: number, minutes: number, more: Partial<RecordInput> = {}): RecordInput {
    const startTime = this.scheduler.now - minutesAgo * MINUTE;
    return { startTime, endTime: startTime + minutes * MINUTE, category: 'work', project: 'Personal', note: '', ...more };
  }
}

