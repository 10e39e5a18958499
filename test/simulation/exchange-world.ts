// Devices of one account with real engines and the real server app on one virtual time, for tests that say exactly what happens.
import { createSyncEngine, type HttpRequest, type HttpResponse, type Ports, type RecordInput, type SyncEngine } from '@syncline/core';
import { yjsAnnotations } from '@syncline/core/annotations';
import { yjsPreferences } from '@syncline/core/preferences';
import type { Capability } from '@syncline/protocol';
import { appHandler, appStreams, createSimDevice, createSimIds, createSimScheduler, type SimDevice, type SimDeviceOptions, type SimServer } from '@syncline/core/testing';
import { limitedApp } from './limited-app.ts';
import { nextTurn } from './outside.ts';
import { createRealServer } from './real-server.ts';

export const USER = '00000000-0000-4000-8000-00000000000a';
const MINUTE = 60_000;

/** A login for each device. */
const LOGINS: readonly string[] = Array.from({ length: 16 }, (_, i) => `00000000-0000-4000-8000-0000000000b${i.toString(16)}`);

export function tokenOf(end: string, login = 0): string {
  return `e30.${btoa(JSON.stringify({ sub: USER, sid: LOGINS[login % LOGINS.length] }))}.${end}`;
}

/** A token ends in `good`, after the instant until which it is. */
function readToken(token: string): { userId: string; expiresAt: number; sid: string } | null {
  const [, until] = /\.(\d*)good$/.exec(token) ?? [];
  if (until === undefined) return null;
  const { sid } = JSON.parse(atob(token.split('.')[1] ?? '')) as { sid: string };
  return { sid, userId: USER, expiresAt: until === '' ? Number.MAX_SAFE_INTEGER : Number(until) };
}

export interface WorldOptions {
  readonly streams?: boolean;
  readonly preferences?: boolean;
  readonly annotations?: boolean;
  readonly token?: () => string;
  /** The id that the app gives this device. */
  readonly deviceId?: string;
  /** Puts something between the engine and what it runs on. */
  readonly over?: (ports: Ports) => Ports;
}

export class ExchangeWorld {
  readonly scheduler: ReturnType<typeof createSimScheduler> = createSimScheduler({ settle: nextTurn });
  readonly requests: { readonly request: HttpRequest; readonly answerChars: number }[] = [];
  /** Devices that reach nothing. */
  readonly offline: Set<SimDevice> = new Set();
  readonly server: SimServer;
  /** What becomes of an answer on its way. */
  distort: (request: HttpRequest, answer: HttpResponse) => HttpResponse = (_, answer) => answer;
  /** Extensions this server does not offer now. */
  readonly without: Set<Capability> = new Set();
  #ids = 1;

  private constructor(makeServer: (scheduler: ExchangeWorld['scheduler']) => SimServer) {
    this.server = makeServer(this.scheduler);
  }

  /** @param rewriteAbove size in bytes beyond which the server begins a preferences document anew. */
  static async create(rewriteAbove?: number): Promise<ExchangeWorld> {
    let time: ExchangeWorld['scheduler'] | null = null;
    const ids = createSimIds(7);
    const server = await createRealServer({
      now: () => time?.now ?? 0, after: (ms, run) => time?.schedule(time.now + ms, run) ?? (() => undefined), uuid: () => ids.uuid(), userIds: [USER], logins: LOGINS, readToken, rewriteAbove,
    });
    return new ExchangeWorld((scheduler) => {
      time = scheduler;
      return server;
    });
  }

  /** @param options how its clock is wrong, among others. */
  device(from?: SimDevice, options: SimDeviceOptions = {}): SimDevice {
    const device = createSimDevice(this.scheduler, { name: `d${(this.#ids += 1)}`, ...options });
    if (from !== undefined) device.disk.restore(from.disk);
    return device;
  }

  /** @param options with `token`, what its app answers when asked for one. */
  async open(device: SimDevice, { streams = false, preferences = false, annotations = false, token = () => tokenOf('good', Number(device.name.slice(1))), deviceId, over = (ports) => ports }: WorldOptions = {}): Promise<SyncEngine> {
    const app = limitedApp(this.server.app, (capability) => this.without.has(capability));
    const ask = appHandler(app);
    const page = device.openPage({
      ids: createSimIds((this.#ids += 1) * 1000),
      network: () => (this.offline.has(device) ? { loseRequest: 'error' } : { requestDelayMs: 10, responseDelayMs: 10 }),
      server: async (request) => {
        const answer = this.distort(request, await ask(request));
        this.requests.push({ request, answerChars: answer.body.length });
        return answer;
      },
      ...(streams && {
        streams: (request, onText, signal) => {
          this.requests.push({ request, answerChars: 0 });
          return appStreams(app)(request, onText, signal);
        },
      }),
    });
    return this.drive(createSyncEngine({
      user: USER, device: { id: deviceId, type: 'web_timer', version: '1.0.0' }, server: { url: 'http://server.test', token }, ports: over(page.ports),
      ...(preferences && { preferences: yjsPreferences() }),
      ...(annotations && { annotations: yjsAnnotations() }),
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

export interface TwoDevices {
  readonly world: ExchangeWorld;
  readonly first: SimDevice;
  readonly second: SimDevice;
  readonly a: SyncEngine;
  readonly b: SyncEngine;
}

/** Two devices that have met the server. @param without extensions that it does not offer. */
export async function twoDevices({ streams = true, without = [] }: { streams?: boolean; without?: readonly Capability[] } = {}): Promise<TwoDevices> {
  const world = await ExchangeWorld.create();
  for (const one of without) world.without.add(one);
  const [first, second] = [world.device(), world.device()];
  const a = await world.open(first, { streams });
  const b = await world.open(second, { streams });
  await world.run(5000);
  return { world, first, second, a, b };
}
