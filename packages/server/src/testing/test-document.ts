// A device's preferences document, as its engine would hold it.
import type { ExchangeResponse, PreferenceName, PreferencesExchange } from '@syncline/protocol';
import { PREFERENCE_ROOTS, readPreferences, writePreference } from '@syncline/protocol/preferences';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { fromBase64, toBase64 } from '../documents/base64.ts';
import type { TestDevice } from './test-device.ts';

export class TestDocument {
  readonly doc: Doc = new Doc();
  readonly #device: TestDevice;
  #serverVector: Uint8Array | undefined;

  constructor(device: TestDevice) {
    this.#device = device;
  }

  set(name: PreferenceName, value: unknown, at: number = 1): void {
    const { values, origins } = PREFERENCE_ROOTS;
    this.doc.transact(() => writePreference(this.doc.getMap(values), this.doc.getMap(origins), name, value, { device_id: this.#device.deviceId, at }));
  }

  get view(): ReturnType<typeof readPreferences> {
    return readPreferences(this.doc.getMap(PREFERENCE_ROOTS.values), this.doc.getMap(PREFERENCE_ROOTS.origins));
  }

  get vector(): string {
    return toBase64(encodeStateVector(this.doc));
  }

  /** What it would send now. */
  get sent(): PreferencesExchange {
    const update = encodeStateAsUpdate(this.doc, this.#serverVector);
    return { state_vector: this.vector, ...(update.byteLength > 2 ? { update: toBase64(update) } : {}) };
  }

  /** One exchange, whose answer goes into the document. */
  async sync(sent: PreferencesExchange = this.sent): Promise<NonNullable<ExchangeResponse['preferences']>> {
    const { preferences } = await this.#device.exchange([], { preferences: sent });
    if (preferences === undefined) throw new Error('no word of preferences');
    if (preferences.update !== undefined) applyUpdate(this.doc, fromBase64(preferences.update));
    this.#serverVector = fromBase64(preferences.state_vector);
    return preferences;
  }
}

/** An update of a fresh document, in base64. */
export function updateOf(write: (doc: Doc) => void): string {
  const doc = new Doc();
  doc.transact(() => write(doc));
  return toBase64(encodeStateAsUpdate(doc));
}
