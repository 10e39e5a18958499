import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { caretAfter, isSameNoted, mergeNoted, type Noted, tagsOf, tagsText } from './note-words.ts';
import { problemWords } from './problem-words.ts';
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
  const { draft, problem, type, save } = useNote(engine, session);
  const [tags, setTags] = useState(tagsText(draft.tags));
  const isTyping = useRef(false);
  // Tags that come from elsewhere show at once, unless a tag is half typed.
  useEffect(() => {
    if (!isTyping.current) setTags(tagsText(draft.tags));
  }, [draft.tags]);
  const keepTags = (): void => {
    isTyping.current = false;
    const next = { ...draft, tags: tagsOf(tags) };
    setTags(tagsText(next.tags));
    type(next);
    void save(next);
  };
  const close = async (): Promise<void> => {
    // What is refused stays before the eyes once; who leaves all the same gives it up.
    if (problem !== null && !isTyping.current) return onClose();
    const next = { ...draft, tags: isTyping.current ? tagsOf(tags) : draft.tags };
    isTyping.current = false;
    type(next);
    if (await save(next, true)) onClose();
  };
  return (
    <Dialog title="Note and tags" onClose={() => void close()}>
      <p className="muted">{session.category}, {span(session)}. Kept as you type, also offline; what other devices write shows here.</p>
      <div className="fields">
        <NoteField value={draft.note} onType={(note) => type({ ...draft, note })} onLeave={() => void save(draft)} />
        <label className="wide">Tags, separated by commas
          <input value={tags} autoComplete="off" onChange={(event) => { isTyping.current = true; setTags(event.currentTarget.value); }} onBlur={keepTags} onKeyDown={(event) => { if (event.key === 'Enter') keepTags(); }} />
        </label>
      </div>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <span className="muted" role="status">{problem !== null ? 'Not kept yet.' : session.pending ? 'Waiting to reach the server.' : 'Kept on every device.'}</span>
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
function useNote(engine: SyncEngine, session: Session) {
  const { id, note, tags } = session;
  const [draft, setDraft] = useState<Noted>({ note, tags });
  const [problem, setProblem] = useState<string | null>(null);
  const [isSaving, setSaving] = useState(false);
  // What engine and person both knew last.
  const seen = useRef<Noted>({ note, tags });
  const theirs = useRef<Noted>({ note, tags });
  theirs.current = { note, tags };

  const adopt = (told: Noted): void => {
    const before = seen.current;
    seen.current = told;
    if (!isSameNoted(before, told)) setDraft((mine) => mergeNoted(before, mine, told));
  };
  /** Resolves to false when it was refused. */
  const save = (next: Noted, isLast = false): Promise<boolean> => {
    if ((isSaving && !isLast) || isSameNoted(next, seen.current)) return Promise.resolve(true);
    const before = seen.current;
    seen.current = next;
    setSaving(true);
    setProblem(null);
    return engine.sessions.annotate(id, { ...next, seen: before }).then(
      ({ note: kept, tags: keptTags }) => {
        adopt({ note: kept, tags: keptTags });
        return true;
      },
      (error: unknown) => {
        seen.current = before;
        setProblem(problemWords(error));
        return false;
      },
    ).finally(() => setSaving(false));
  };
  useEffect(() => {
    // Until it is kept, what the list tells may be older than what was written.
    if (!isSaving) adopt(theirs.current);
  }, [isSaving, note, tags]);
  useEffect(() => {
    if (isSaving || problem !== null) return undefined;
    const timer = setTimeout(() => void save(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, isSaving, problem]);
  return { draft, problem, save, type: (next: Noted) => { setProblem(null); setDraft(next); } };
}
