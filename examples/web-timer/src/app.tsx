import { useEffect, useMemo, useState } from 'react';
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { Account, type User } from './account.ts';
import { SignIn } from './sign-in.tsx';
import { Timer } from './timer.tsx';

type Stage = { readonly at: 'looking' } | { readonly at: 'signed_out' } | { readonly at: 'open'; readonly user: User };

/** Who is there, then their engine, then the page. */
export function App() {
  const account = useMemo(() => new Account(), []);
  const [stage, setStage] = useState<Stage>({ at: 'looking' });
  const show = (user: User | null): void => setStage(user === null ? { at: 'signed_out' } : { at: 'open', user });

  useEffect(() => {
    let isOver = false;
    void account.comeBack().then((found) => {
      // Offline, the last user of this browser goes on with their own sessions; nothing is sent until they are signed in.
      if (!isOver) show(found === 'signed_out' ? null : account.remembered);
    });
    return () => void (isOver = true);
  }, [account]);

  if (stage.at === 'looking') return <p className="splash" role="status">Opening your sessions…</p>;
  if (stage.at === 'signed_out') return <SignIn account={account} onSignedIn={show} />;
  return <Opened key={stage.user.id} account={account} user={stage.user} onSignedOut={() => show(null)} />;
}

function Opened({ account, user, onSignedOut }: { readonly account: Account; readonly user: User; readonly onSignedOut: () => void }) {
  const [engine, setEngine] = useState<SyncEngine | null>(null);

  useEffect(() => {
    let isOver = false;
    const opening = createSyncEngine({
      user: user.id,
      device: { type: 'web_timer', version: '1.0.0', name: 'Web timer' },
      server: { url: location.origin, token: () => account.token() },
    });
    void opening.then((opened) => {
      if (!isOver) setEngine(opened);
    });
    return () => {
      isOver = true;
      setEngine(null);
      void opening.then((opened) => opened.close());
    };
  }, [account, user.id]);

  useRenewal(engine, account);
  if (engine === null) return <p className="splash" role="status">Opening your sessions…</p>;
  return <Timer engine={engine} user={user} onSignOut={() => void account.signOut().then(onSignedOut)} />;
}

/** When the server refuses the token, the cookie may still give a new one; the engine goes on by itself once it has it. */
function useRenewal(engine: SyncEngine | null, account: Account): void {
  useEffect(() => {
    if (engine === null) return undefined;
    let tried = false;
    return engine.status.subscribe(() => {
      const isRefused = engine.status.current.local.connection === 'auth_required';
      if (isRefused && !tried) void account.refresh().catch(() => undefined);
      tried = isRefused;
    });
  }, [engine, account]);
}
