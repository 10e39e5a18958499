import { useEffect, useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import type { Account } from './account.ts';
import { Icon } from './icons.tsx';
import { leaveWhenIdle, reloadNewest } from './newest-page.ts';
import { SignInDialog } from './sign-in.tsx';
import { isLasting, notices } from './status-words.ts';
import { useSource } from './use-source.ts';

interface NoticesProps {
  readonly engine: SyncEngine;
  readonly account: Account;
}

/** What stands above everything else: no network, no login, a problem with this browser. */
export function Notices({ engine, account }: NoticesProps) {
  const status = useSource(engine.status);
  const overlaps = useSource(engine.conflicts);
  const [isSigningIn, setSigningIn] = useState(false);
  const isTooOld = status.local.problems.includes('update_needed');
  useEffect(() => (isTooOld ? leaveWhenIdle() : undefined), [isTooOld]);
  const close = (): void => {
    setSigningIn(false);
    void engine.sync().catch(() => undefined);
  };
  return (
    <section tabIndex={-1} className="banners" aria-label="Notices">
      {status.local.connection === 'auth_required' && (
        <p className="banner">
          <Icon name="alert" /><span>Your login has ended. Sessions are kept on this device until you sign in again.</span>
          <button onClick={() => setSigningIn(true)}>Sign in again</button>
        </p>
      )}
      {notices(status, navigator.onLine).map(({ code, text, isSerious }) => (
        <p key={code} className={`banner${isSerious ? ' serious' : ''}`}>
          <Icon name={code === 'offline' || code === 'unreachable' ? 'off' : 'alert'} /><span>{text}</span>
          {code === 'update_needed' && <button onClick={() => void reloadNewest()}>Reload</button>}
          {/* A store that refuses has a notice of its own. */}
          {isLasting(code) && <button onClick={() => void engine.dismiss(code).catch(() => undefined)}>Dismiss</button>}
        </p>
      ))}
      {overlaps.length > 0 && (
        <p className="banner near"><Icon name="overlap" /><span>{overlaps.length === 1 ? 'Some sessions overlap.' : `Sessions overlap, ${overlaps.length} times.`}</span><a href="#overlaps">Settle {overlaps.length === 1 ? 'it' : 'them'}</a></p>
      )}
      {isSigningIn && <SignInDialog account={account} onClose={close} />}
    </section>
  );
}
