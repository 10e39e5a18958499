import { describe, expect, it } from 'vitest';
import { NoteDraft } from './note-draft.ts';
import type { Noted } from './note-words.ts';

const of = (note: string, ...tags: string[]): Noted => ({ note, tags });
/** Lets everything that is settled be heard. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

/** A keeper whose answers come when the test says so. */
function slowKeeper() {
  const saves: { readonly note: string | undefined; readonly seen: string | undefined; readonly answer: (told: Noted) => void; readonly refuse: (error: Error) => void }[] = [];
  const reads: ((told: Noted) => void)[] = [];
  return {
    saves, reads,
    annotate: ({ note, seen }: { note?: string | undefined; seen?: Noted | undefined }) =>
      new Promise<Noted>((answer, refuse) => void saves.push({ note, seen: seen?.note, answer, refuse })),
    read: () => new Promise<Noted | null>((answer) => void reads.push(answer)),
  };
}

describe('a note while somebody types it', () => {
  it('does not take for news what was read before it was written', async () => {
    const keeper = slowKeeper();
    const draft = new NoteDraft(of('one'), keeper);
    void draft.look();
    draft.type(of('one'), of('Draft: one'));
    void draft.save();
    keeper.reads[0]?.(of('one'));
    await settle();
    keeper.saves[0]?.answer(of('Draft: one'));
    await settle();
    expect(draft.current).toEqual({ draft: of('Draft: one'), problem: null, isSaving: false });
    // It looks again, since there may have been news.
    keeper.reads[1]?.(of('Draft: one, theirs'));
    await settle();
    expect(draft.current.draft).toEqual(of('Draft: one, theirs'));
    await draft.save();
    expect(keeper.saves.length).toBe(1);
  });

  it('of two looks the later counts', async () => {
    const keeper = slowKeeper();
    const draft = new NoteDraft(of('one'), keeper);
    void draft.look();
    void draft.look();
    keeper.reads[1]?.(of('one two three'));
    await settle();
    keeper.reads[0]?.(of('one two'));
    await settle();
    expect(draft.current.draft).toEqual(of('one two three'));
  });

  it('keeps what came from elsewhere when the person had not seen it yet', async () => {
    const keeper = slowKeeper();
    const draft = new NoteDraft(of('one', 'a'), keeper);
    void draft.look();
    keeper.reads[0]?.(of('one, theirs', 'a', 'b'));
    await settle();
    // The page still shows the older one.
    draft.type(of('one', 'a'), of('Mine: one', 'a', 'c'));
    void draft.save();
    await settle();
    expect(draft.current.draft).toEqual(of('Mine: one, theirs', 'a', 'b', 'c'));
    expect(keeper.saves[0]).toMatchObject({ note: 'Mine: one, theirs', seen: 'one, theirs' });
  });

  it('keeps what was typed while it was saved, in the next save', async () => {
    const keeper = slowKeeper();
    const draft = new NoteDraft(of('one'), keeper);
    draft.type(of('one'), of('one two'));
    void draft.save();
    await settle();
    draft.type(of('one two'), of('one two three'));
    const last = draft.save();
    keeper.saves[0]?.answer(of('zero one two'));
    await settle();
    expect(keeper.saves[1]).toMatchObject({ note: 'zero one two three', seen: 'zero one two' });
    keeper.saves[1]?.answer(of('zero one two three'));
    expect(await last).toBe(true);
  });

  it('says that it was refused, and keeps the draft for the next try', async () => {
    const keeper = slowKeeper();
    const draft = new NoteDraft(of('one'), keeper);
    draft.type(of('one'), of('one two'));
    const first = draft.save();
    await settle();
    keeper.saves[0]?.refuse(new Error('full'));
    expect(await first).toBe(false);
    expect(draft.current).toMatchObject({ draft: of('one two'), problem: new Error('full'), isSaving: false });
    draft.type(of('one two'), of('one'));
    expect([draft.current.problem, await draft.save(), keeper.saves.length]).toEqual([null, true, 1]);
  });
});
