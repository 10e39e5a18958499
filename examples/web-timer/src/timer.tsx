import { useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import type { User } from './account.ts';
import { Announcer } from './announcer.tsx';
import { ConflictPanel } from './conflict-panel.tsx';
import { DevicePanel } from './device-panel.tsx';
import { FocusPanel } from './focus-panel.tsx';
import { SessionPanel } from './session-panel.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { SyncPanel } from './sync-panel.tsx';
import { currentTheme, nextTheme, setTheme, type Theme } from './theme.ts';
import { useSource } from './use-source.ts';
import { connectionWords } from './words.ts';

const THEME_WORDS: Readonly<Record<Theme, string>> = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };

interface TimerProps {
  readonly engine: SyncEngine;
  readonly user: User;
  readonly onSignOut: () => void;
}

/** The whole page of somebody who is signed in, or was. */
export function Timer({ engine, user, onSignOut }: TimerProps) {
  const status = useSource(engine.status);
  const [theme, choose] = useState(currentTheme);
  const [isLeaving, setLeaving] = useState(false);
  const own = status.devices?.find(({ device_id: id }) => id === status.local.device_id)?.sessions_pending ?? 0;
  const change = (): void => {
    const next = nextTheme(theme);
    setTheme(next);
    choose(next);
  };
  return (
    <>
      <header className="top">
        <h1>Syncline timer</h1>
        <div className="actions">
          <span className="muted user">{user.username}</span>
          <button className="quiet" onClick={change}>{THEME_WORDS[theme]}</button>
          <button className="quiet" onClick={() => (own > 0 ? setLeaving(true) : onSignOut())}>Sign out</button>
        </div>
      </header>
      {status.local.connection !== 'online' && <p className="banner">{connectionWords(status)}</p>}
      {status.local.problems.includes('volatile_storage') && <p className="banner serious">This browser keeps nothing: sessions live only until this page is closed.</p>}
      {status.local.problems.includes('storage_full') && <p className="banner serious">The disk is full. New sessions cannot be kept until there is room.</p>}
      <main className="columns">
        <div>
          <FocusPanel engine={engine} />
          <SessionPanel engine={engine} />
        </div>
        <div>
          <SyncPanel engine={engine} />
          <ConflictPanel engine={engine} />
          <DevicePanel engine={engine} />
        </div>
      </main>
      <Announcer engine={engine} />
      {isLeaving && <SignOutDialog pending={own} engine={engine} onStay={() => setLeaving(false)} onLeave={onSignOut} />}
    </>
  );
}
