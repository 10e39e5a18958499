import { useEffect, useRef, useState } from 'react';
import type { EngineWithPreferences, PreferencesApi, SyncEngine } from '@syncline/core';
import type { Account, User } from './account.ts';
import { Announcer } from './announcer.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { DevicePanel } from './device-panel.tsx';
import { FocusPanel } from './focus-panel.tsx';
import { Icon, type IconName, Mark } from './icons.tsx';
import { Notices } from './notices.tsx';
import { problemWords } from './problem-words.ts';
import { SessionPanel } from './session-panel.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useShortcut } from './shortcuts.ts';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { OVERALL, waitingWords } from './status-words.ts';
import { SyncPanel } from './sync-panel.tsx';
import { currentTheme, nextTheme, setTheme, type Theme } from './theme.ts';
import { UndoProvider } from './undo-notice.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { useSource } from './use-source.ts';

interface PageProps {
  readonly engine: EngineWithPreferences;
  readonly account: Account;
  readonly user: User;
}

/** The whole page of somebody who is signed in, or was. */
export function Page({ engine, account, user }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The form that was signed in with is gone, and the focus with it: the keyboard begins at the page's top.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <UndoProvider>
      <header className="top">
        <h1 ref={heading} tabIndex={-1}><Mark /><span>Syncline <span className="rest">timer</span></span></h1>
        <StatusChip engine={engine} />
        <nav className="actions" aria-label="Page">
          <ThemeButton preferences={engine.preferences} />
          <SettingsButton preferences={engine.preferences} />
          <ShortcutsButton />
          <SignOut engine={engine} account={account} user={user} />
        </nav>
      </header>
      <Notices engine={engine} account={account} />
      <main className="columns">
        <div>
          <FocusPanel engine={engine} />
          <TimelinePanel engine={engine} />
          <SessionPanel engine={engine} />
        </div>
        <div>
          <SyncPanel engine={engine} />
          <ConflictPanel engine={engine} />
          <DevicePanel engine={engine} />
        </div>
      </main>
      <Announcer engine={engine} />
    </UndoProvider>
  );
}

function StatusChip({ engine }: { readonly engine: SyncEngine }) {
  const status = useSource(engine.status);
  const { sync_status: word } = status;
  return (
    <a className={`chip ${word}`} href="#sync">
      <span className="dot" aria-hidden="true" />{OVERALL[word] ?? word}<span className="muted">{waitingWords(status)}</span>
    </a>
  );
}

const THEMES: Readonly<Record<Theme, readonly [string, IconName]>> = { auto: ['system', 'screen'], light: ['light', 'sun'], dark: ['dark', 'moon'] };

/** The theme is one of the preferences; this browser keeps it too, so that the page opens in it. */
function ThemeButton({ preferences }: { readonly preferences: PreferencesApi }) {
  const preferred = useSource(preferences).values.theme_preference;
  const [kept, choose] = useState(currentTheme);
  const [problem, setProblem] = useState<string | null>(null);
  const theme = preferred ?? kept;
  useEffect(() => setTheme(theme), [theme]);
  const change = (): void => {
    const next = nextTheme(theme);
    choose(next);
    preferences.set('theme_preference', next).then(() => setProblem(null), (error: unknown) => setProblem(problemWords(error)));
  };
  useShortcut('t', change);
  const [words, icon] = THEMES[theme];
  return (
    <>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <button className="quiet" aria-keyshortcuts="t" title={`Theme: ${words}`} aria-label={`Theme: ${words}`} onClick={change}><Icon name={icon} /></button>
    </>
  );
}

function SettingsButton({ preferences }: { readonly preferences: PreferencesApi }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button className="quiet" onClick={() => setOpen(true)}>Settings</button>
      {isOpen && <SettingsDialog preferences={preferences} onClose={() => setOpen(false)} />}
    </>
  );
}

function ShortcutsButton() {
  const [isOpen, setOpen] = useState(false);
  useShortcut('?', () => setOpen(true));
  return (
    <>
      <button className="quiet" title="Keyboard shortcuts" aria-label="Keyboard shortcuts" onClick={() => setOpen(true)}><span aria-hidden="true">?</span></button>
      {isOpen && <ShortcutsDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function SignOut({ engine, account, user }: PageProps) {
  const [isAsking, setAsking] = useState(false);
  const { closing } = useSource(engine.status).local;
  const leave = (): void => void account.signOut();
  return (
    <>
      <button className="quiet" onClick={() => (closing.word === 'all_sent' ? leave() : setAsking(true))}>Sign out<span className="muted user">{user.username}</span></button>
      {isAsking && <SignOutDialog closing={closing} engine={engine} onStay={() => setAsking(false)} onLeave={leave} />}
    </>
  );
}
