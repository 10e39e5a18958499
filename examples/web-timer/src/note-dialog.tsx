import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { NoteDraft } from './note-draft.ts';
import { caretAfter, tagsOf, tagsText } from './note-words.ts';
import { problemWords } from './problem-words.ts';
import { useSource } from './use-source.ts';
import { span } from './words.ts';

/** What is typed is kept after a pause of so long. */
const PAUSE_MS = 400;

interface NoteDialogProps {
  readonly engine: SyncEngine;
  /** As it is now: what other windows and devices write shows while this person types. */
  readonly session: Session;
  readonly onClose: () => void;
}

/** The note and tags of a session, kept as they are typed. */
export function NoteDialog({ engine, session, onClose }: NoteDialogProps) {
  const editor = useNote(engine, session);
  const { draft, problem } = useSource(editor);
  const [tags, setTags] = useState(tagsText(draft.tags));
  // The tags that stood there when somebody began to type in them; null while nobody does.
  const begun = useRef<readonly string[] | null>(null);
  // Tags that come from elsewhere show at once, unless a tag is half typed.
  useEffect(() => {
    if (begun.current === null) setTags(tagsText(draft.tags));
  }, [draft.tags]);
  const takeTags = (): void => {
    const before = begun.current;
    begun.current = null;
    if (before !== null) editor.type({ ...draft, tags: before }, { ...draft, tags: tagsOf(tags) });
    setTags(tagsText(editor.current.draft.tags));
  };
  const keepTags = (): void => {
    takeTags();
    void editor.save();
  };
  const close = async (): Promise<void> => {
    // What is refused stays before the eyes once; who leaves all the same gives it up.
    if (problem !== null && begun.current === null) return onClose();
    takeTags();
    if (await editor.save()) onClose();
  };
  const keptWords = (): string => {
    if (problem !== null) return 'Not kept yet.';
    // Nothing is said while somebody types: it would be read out at every pause.
    if (!editor.isKept || begun.current !== null) return '';
    return session.pending ? 'Kept here. It waits for the server.' : 'Kept here and on the server.';
  };
  return (
    <Dialog title="Note and tags" onClose={() => void close()}>
      <p className="muted">{session.category}, {span(session)}. Kept as you type, also offline; what other devices write shows here.</p>
      <div className="fields">
        <NoteField value={draft.note} onType={(note) => editor.type(draft, { ...draft, note })} onLeave={() => void editor.save()} />
        <label className="wide">Tags, separated by commas
          <input value={tags} autoComplete="off" onChange={(event) => { begun.current ??= draft.tags; setTags(event.currentTarget.value); }} onBlur={keepTags} onKeyDown={(event) => { if (event.key === 'Enter') keepTags(); }} />
        </label>
      </div>
      {problem !== null && <p className="problem" role="alert">{problemWords(problem)}</p>}
      <div className="actions">
        <span className="muted" role="status">{keptWords()}</span>
        <button type="button" className="primary" onClick={() => void close()}>Done</button>
      </div>
    </Dialog>
  );
}

interface NoteFieldProps {
  readonly value: string;
  readonly onType: (note: string) => void;
  readonly onLeave: () => void;
}

/** A text that changes while somebody types keeps the caret where it was between the words. */
function NoteField({ value, onType, onLeave }: NoteFieldProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const shown = useRef({ value, start: 0, end: 0 });
  const remember = (): void => {
    const { current } = field;
    if (current !== null) shown.current = { value: current.value, start: current.selectionStart, end: current.selectionEnd };
  };
  useLayoutEffect(() => {
    const { value: before, start, end } = shown.current;
    if (field.current === null || before === value) return;
    if (document.activeElement === field.current) field.current.setSelectionRange(caretAfter(before, value, start), caretAfter(before, value, end));
    shown.current = { ...shown.current, value };
  }, [value]);
  return (
    <div className="wide long">
      <label htmlFor={id}>Note</label>
      <textarea ref={field} id={id} rows={5} maxLength={4096} value={value} onSelect={remember} onChange={(event) => { remember(); onType(event.currentTarget.value); }} onBlur={onLeave} />
    </div>
  );
}

/** The draft, kept after a pause, and merged with what comes from elsewhere. */
function useNote(engine: SyncEngine, { id, note, tags }: Session): NoteDraft {
  const [editor] = useState(() => new NoteDraft({ note, tags }, { annotate: (input) => engine.sessions.annotate(id, input), read: () => engine.sessions.get(id) }));
  const { draft, problem, isSaving } = useSource(editor);
  // What the list says may be older than what was written: it only tells when to look.
  const told = tagsText(tags);
  useEffect(() => {
    editor.look().catch(() => undefined);
  }, [editor, note, told]);
  useEffect(() => {
    if (isSaving || problem !== null) return undefined;
    const timer = setTimeout(() => void editor.save(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [editor, draft, isSaving, problem]);
  return editor;
}
