// One or more devices with engines and a documented-calls-only server, on one virtual time. For tests.
import type { RecordInput, SyncEngine, SyncEngineOptions } from '../api.ts';
import { openEngine } from '../engine.ts';
import type { Locks } from '../ports.ts';
import { type BasicServer, type BasicServerOptions, createBasicServer } from './basic-server.ts';
import { createSimDevice, type SimDevice, type SimDeviceOptions, type SimPage } from './sim-device.ts';
import { createSimIds } from './sim-ids.ts';
import { createSimScheduler, type SimScheduler } from './sim-scheduler.ts';

export interface OpenOptions {
  readonly user?: string | undefined;
  readonly device?: SimDevice | undefined;
  readonly options?: Partial<SyncEngineOptions> | undefined;
  readonly token?: SyncEngineOptions['server']['token'] | undefined;
  readonly offline?: boolean | undefined;
  /** In place of those that all tabs of the device share. */
  readonly locks?: Locks | undefined;
}

export interface OpenedEngine {
  readonly engine: SyncEngine;
  readonly page: SimPage;
}

export class EngineWorld {
  readonly scheduler: SimScheduler;
  readonly server: BasicServer;
  readonly device: SimDevice;
  /** No request arrives anywhere while set. */
  isOffline: boolean = false;
  #seed = 1;

  constructor(server: Partial<BasicServerOptions> = {}, device: SimDeviceOptions = {}) {
    this.scheduler = createSimScheduler();
    this.server = createBasicServer({ now: () => this.scheduler.now, ...server });
    this.device = createSimDevice(this.scheduler, device);
  }

  addDevice(options?: SimDeviceOptions): SimDevice {
    return createSimDevice(this.scheduler, options);
  }

  /** Opens a page of a device and an engine in it. */
  async open(open: OpenOptions = {}): Promise<OpenedEngine> {
    const page = this.page(open.device);
    return { engine: await this.drive(this.begin(page, open)), page };
  }

  page(device: SimDevice = this.device): SimPage {
    this.#seed += 1;
    return device.openPage({
      ids: createSimIds(this.#seed),
      server: this.server.handle,
      network: () => (this.isOffline ? { loseRequest: 'error' } : { requestDelayMs: 10, responseDelayMs: 10 }),
    });
  }

  begin(page: SimPage, { user = 'user-1', options = {}, token = () => 'token', locks = page.ports.locks }: OpenOptions = {}): Promise<SyncEngine> {
    const device = { type: 'web_timer', version: 'web-2.1.0' };
    return openEngine({ user, device, server: { url: 'http://server.test', token }, ...options }, { ...page.ports, locks });
  }

  drive<T>(promise: Promise<T>): Promise<T> {
    return this.scheduler.drive(promise);
  }

  run(ms: number): Promise<void> {
    return this.scheduler.runFor(ms);
  }

  /** A finished session that began so many minutes ago. */
  session(minutesAgo: number, minutes: number, more: Partial<RecordInput> = {}): RecordInput {
    const startTime = this.scheduler.now - minutesAgo * 60_000;
    return { startTime, endTime: startTime + minutes * 60_000, category: 'work', project: 'Personal', note: '', ...more };
  }
}

export function createEngineWorld(server?: Partial<BasicServerOptions>, device?: SimDeviceOptions): EngineWorld {
  return new EngineWorld(server, device);
}
