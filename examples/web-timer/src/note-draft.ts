// A note and tags while somebody types them. What the person makes of them and what other windows and devices write meanwhile come together here, whichever is
// told first. Every change is one of what was before the eyes when it was made; nothing older than what was written is ever taken for news.
import type { AnnotateInput } from '@syncline/core';
import { isSameNoted, mergeNoted, type Noted } from './note-words.ts';

/** Where it is kept. */
export interface NoteKeeper {
  readonly annotate: (input: AnnotateInput) => Promise<Noted>;
  /** As it is now; at least as new as every `annotate` that resolved before. */
  readonly read: () => Promise<Noted | null>;
}

export interface NoteState {
  readonly draft: Noted;
  /** Why the draft is not kept; null normally. */
  readonly problem: unknown;
  readonly isSaving: boolean;
}

export class NoteDraft {
  readonly #keeper: NoteKeeper;
  /** What keeper and person both knew last. */
  #seen: Noted;
  #state: NoteState;
  #saving: Promise<boolean> | null = null;
  #saves = 0;
  #looks = 0;
  readonly #listeners = new Set<() => void>();

  constructor(first: Noted, keeper: NoteKeeper) {
    this.#keeper = keeper;
    this.#seen = first;
    this.#state = { draft: first, problem: null, isSaving: false };
  }

  get current(): NoteState {
    return this.#state;
  }

  /** Whether nothing of the draft is left to keep. */
  get isKept(): boolean {
    return this.#saving === null && isSameNoted(this.#state.draft, this.#seen);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The person made one into the other. */
  type(before: Noted, after: Noted): void {
    this.#show({ draft: mergeNoted(before, after, this.#state.draft), problem: null });
  }

  /** Keeps the draft; false when that was refused. */
  async save(): Promise<boolean> {
    while (this.#saving !== null) await this.#saving;
    if (isSameNoted(this.#state.draft, this.#seen)) return true;
    this.#saves += 1;
    this.#saving = this.#keep(this.#seen, this.#state.draft);
    this.#show({ problem: null, isSaving: true });
    const isKept = await this.#saving;
    return isKept;
  }

  async #keep(before: Noted, next: Noted): Promise<boolean> {
    this.#seen = next;
    let problem: unknown = null;
    try {
      const { note, tags } = await this.#keeper.annotate({ ...next, seen: before });
      this.#adopt({ note, tags });
    } catch (error) {
      this.#seen = before;
      problem = error;
    }
    this.#saving = null;
    this.#show({ problem, isSaving: false });
    return problem === null;
  }

  /** Something changed: takes what is kept now, once nothing of this person is on its way. */
  async look(): Promise<void> {
    this.#looks += 1;
    const look = this.#looks;
    while (this.#looks === look) {
      while (this.#saving !== null) await this.#saving;
      const saves = this.#saves;
      const told = await this.#keeper.read();
      // What was read before the last save is older than that; a later look has newer.
      if (saves !== this.#saves) continue;
      if (look === this.#looks && told !== null) this.#adopt(told);
      return;
    }
  }

  #adopt({ note, tags }: Noted): void {
    const [before, told] = [this.#seen, { note, tags }];
    this.#seen = told;
    if (!isSameNoted(before, told)) this.#show({ draft: mergeNoted(before, this.#state.draft, told) });
  }

  #show(change: Partial<NoteState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
