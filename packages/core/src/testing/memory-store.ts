// The store port over a simulated disk: what one tab can open there.
import type { Store, StoreFactory, StoreFailure } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { MemoryStore } from './memory-handle.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimTab } from './sim-tab.ts';

/** When a blocked opening is given up: as the real one does, before whoever waits for it does. */
const BLOCKED_MS = 4900;

class MemoryStores implements StoreFactory {
  readonly #disk: SimDisk;
  readonly #tab: SimTab;

  constructor(disk: SimDisk, tab: SimTab) {
    this.#disk = disk;
    this.#tab = tab;
  }

  open(name: string): Promise<Store> {
    return this.#later('open', name, () => {
      this.#disk.data(name);
      return this.#openOn(this.#disk, name);
    });
  }

  openVolatile(name: string): Promise<Store> {
    const { scheduler, latencyMs, real } = this.#disk;
    const stores = real && { ...real.stores, open: real.stores.openVolatile };
    return Promise.resolve(this.#openOn(new SimDisk(scheduler, { latencyMs, realStores: stores ?? undefined }), name));
  }

  remove(name: string): Promise<void> {
    const forget = (): void => {
      this.#disk.interrupt(name, 'version_change');
      this.#disk.forget(name);
    };
    return this.#later('remove', name, () => (this.#disk.real ? this.#disk.real.remove(name).then(forget) : forget()));
  }

  readMarker(name: string): string | null {
    return this.#disk.markers.get(name) ?? null;
  }

  writeMarker(name: string, value: string | null): void {
    if (!this.#tab.alive) return;
    if (value === null) this.#disk.markers.delete(name);
    else this.#disk.markers.set(name, value);
  }

  #openOn(disk: SimDisk, name: string): Store | Promise<Store> {
    if (!disk.real) return new MemoryStore(disk, this.#tab, name);
    return disk.real.open(name).then((real) => new MemoryStore(disk, this.#tab, name, real));
  }

  #unblocked(kind: 'open' | 'remove', go: () => void, giveUp: () => void): void {
    if (kind !== 'open' || !this.#disk.isBlocked) return go();
    const { scheduler } = this.#disk;
    const forget = this.#disk.whenUnblocked(() => {
      cancel();
      scheduler.schedule(scheduler.now, () => this.#tab.deliver(go));
    });
    const cancel = scheduler.schedule(scheduler.now + BLOCKED_MS, () => {
      forget();
      this.#tab.deliver(giveUp);
    });
  }

  #later<T>(kind: 'open' | 'remove', name: string, work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { scheduler, latencyMs } = this.#disk;
      scheduler.schedule(scheduler.now + latencyMs(kind), () => {
        this.#tab.deliver(() => {
          const operation = { kind, database: name, tab: this.#tab };
          const refuse = (code: StoreFailure): void => {
            this.#disk.onRefusal?.(operation, code);
            reject(createStoreError(code, `simulated: ${code}`));
          };
          const fault = this.#disk.takeFault(operation);
          const code = this.#disk.unavailable ? 'unavailable' : fault?.kind === 'fail' ? fault.code : null;
          if (code) refuse(code);
          else if (fault?.kind !== 'hang') this.#unblocked(kind, () => resolve(work()), () => refuse('blocked'));
        });
      });
    });
  }
}

/** The store port of one tab over that disk. */
export function createMemoryStores(disk: SimDisk, tab: SimTab): StoreFactory {
  return new MemoryStores(disk, tab);
}
