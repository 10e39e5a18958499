// What people were promised, kept outside every engine: the moment at which a promise of the engine resolved is the moment
// from which the session must never be lost.

export interface Promised {
  readonly id: string;
  readonly user: number;
  readonly device: number;
  readonly start: number;
  readonly end: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly cancelled: boolean;
}

export class Ledger {
  readonly #promised = new Map<string, Promised>();
  readonly #twice = new Map<string, readonly Promised[]>();
  /** Sent, and then forgotten by the device. */
  readonly #forgotten = new Set<string>();
  /** Asked for, and never answered: it may be there or not. */
  readonly #perhaps = new Map<string, Promised>();
  readonly #asked = new Map<number, Set<string>>();
  /** Promised by a device whose store another profile has taken the place of since. */
  readonly #former = new Set<string>();
  readonly #givenUp = new Set<string>();
  readonly #excused = new Set<string>();
  /** Excused because the status had said that they are kept nowhere but in memory. */
  readonly #told = new Set<string>();

  /** Somebody asked; the answer is not there yet. */
  ask(session: Promised): void {
    this.#perhaps.set(session.id, session);
    this.edit(session.device, session.id);
  }

  /** Somebody changes a session on that device, wherever it was recorded. */
  edit(device: number, id: string): void {
    const asked = this.#asked.get(device) ?? new Set();
    this.#asked.set(device, asked.add(id));
  }

  /** How many sessions anybody ever tried to save or to change on one of these devices. */
  countAsked(devices: readonly number[]): number {
    return new Set(devices.flatMap((device) => [...(this.#asked.get(device) ?? [])])).size;
  }

  /** The engine's promise resolved. */
  promise(session: Promised): void {
    this.#perhaps.delete(session.id);
    const before = this.#promised.get(session.id);
    if (before !== undefined && (before.device !== session.device || this.#former.has(session.id))) this.#twice.set(session.id, [...this.accounts(session.id), session]);
    this.#promised.set(session.id, session);
    this.#former.delete(session.id);
    this.#givenUp.delete(session.id);
    this.#excused.delete(session.id);
    this.#told.delete(session.id);
    this.#forgotten.delete(session.id);
  }

  /** Another profile takes the place of that device's own, and may know of none of its promises. */
  replaced(device: number): void {
    for (const session of this.#promised.values()) if (session.device === device) this.#former.add(session.id);
  }

  /** What was promised of that session: more than once where two copies of a profile ended what ran in both. */
  accounts(id: string): readonly Promised[] {
    const promised = this.#promised.get(id);
    return this.#twice.get(id) ?? (promised === undefined ? [] : [promised]);
  }

  /** The engine refused, and said so. An earlier promise of the same id stands. */
  refuse(id: string): void {
    this.#perhaps.delete(id);
  }

  /** A person gave it up. */
  giveUp(id: string): void {
    this.#givenUp.add(id);
  }

  /** The platform took the device's store away before these were sent. */
  excuse(device: number, isStored: (id: string) => boolean): number {
    let count = 0;
    for (const session of this.#promised.values()) {
      if (session.device !== device || this.#excused.has(session.id) || isStored(session.id)) continue;
      this.#excused.add(session.id);
      count += 1;
    }
    return count;
  }

  /** Kept in memory only, which the status said, and gone with its page. */
  excuseOne(id: string): void {
    this.#excused.add(id);
    this.#told.add(id);
  }

  /** The server has it; of the device only the memory that held it is gone. */
  forget(id: string): void {
    this.#forgotten.add(id);
  }

  isForgotten(id: string): boolean {
    return this.#forgotten.has(id);
  }

  get promised(): readonly Promised[] {
    return [...this.#promised.values()];
  }

  /** Promised, or asked for by somebody who got no answer. */
  get known(): readonly Promised[] {
    return [...this.#promised.values(), ...this.#perhaps.values()];
  }

  /** Sessions that must be on the server or, parked, on their device. */
  get owed(): readonly Promised[] {
    return this.promised.filter(({ id }) => !this.#givenUp.has(id) && !this.#excused.has(id));
  }

  /** Promised on that device, and taken away with its store before they were sent. */
  excused(device: number): readonly Promised[] {
    return this.promised.filter((session) => session.device === device && this.#excused.has(session.id) && !this.#told.has(session.id) && !this.#givenUp.has(session.id));
  }

  /** Owed, or excused and perhaps held all the same: what was in memory outlives its store. */
  get kept(): readonly Promised[] {
    return this.promised.filter(({ id }) => !this.#givenUp.has(id));
  }

  /** When the last session ends that may have been recorded. */
  get lastEnd(): number {
    return Math.max(0, ...[...this.kept, ...this.#perhaps.values()].map(({ end }) => end));
  }

  knows(id: string): boolean {
    return this.#promised.has(id) || this.#perhaps.has(id);
  }

  find(id: string): Promised | undefined {
    return this.#promised.get(id) ?? this.#perhaps.get(id);
  }
}
