import { useEffect, useState } from 'react';
import { createSyncEngine, type EngineWithPreferences, type SyncEngine } from '@syncline/core';
import type { Account, User } from './account.ts';
import { engineOptions } from './engine-options.ts';
import { reloadNewest } from './newest-page.ts';
import { Page } from './page.tsx';
import { problemWords } from './problem-words.ts';
import { SignIn } from './sign-in.tsx';
import { useSource } from './use-source.ts';

/** Who is there, then their engine, then the page. Nothing here waits for the network. */
export function App({ account }: { readonly account: Account }) {
  const user = useSource(account);
  if (user === null) return <SignIn account={account} />;
  return <Opened key={user.id} account={account} user={user} />;
}

type Stage = { readonly at: 'opening' } | { readonly at: 'open'; readonly engine: EngineWithPreferences } | { readonly at: 'failed'; readonly why: string };

function Opened({ account, user }: { readonly account: Account; readonly user: User }) {
  const [stage, setStage] = useState<Stage>({ at: 'opening' });

  useEffect(() => {
    let isOver = false;
    const opening = createSyncEngine(engineOptions(user.id, () => account.token()));
    opening.then(
      (engine) => isOver || setStage({ at: 'open', engine }),
      (error: unknown) => isOver || setStage({ at: 'failed', why: problemWords(error) }),
    );
    return () => {
      isOver = true;
      setStage({ at: 'opening' });
      void opening.then((engine) => engine.close(), () => undefined);
    };
  }, [account, user.id]);

  useRenewal(stage.at === 'open' ? stage.engine : null, account);
  if (stage.at === 'open') return <Page engine={stage.engine} account={account} user={user} />;
  if (stage.at === 'opening') return <main className="splash"><p role="status">Opening your sessions…</p></main>;
  return (
    <main className="splash">
      <p role="alert">Your sessions could not be opened. {stage.why}</p>
      <p><button onClick={() => void reloadNewest()}>Try again</button></p>
    </main>
  );
}

/** When the server refuses the token, the cookie may still give a new one; the engine is told to ask again, once for each refusal. */
function useRenewal(engine: SyncEngine | null, account: Account): void {
  useEffect(() => {
    if (engine === null) return undefined;
    let wasRefused = false;
    const look = (): void => {
      const isRefused = engine.status.current.local.connection === 'auth_required';
      if (isRefused && !wasRefused) {
        account.dropToken();
        void engine.sync().catch(() => undefined);
      }
      wasRefused = isRefused;
    };
    const stop = engine.status.subscribe(look);
    look();
    return stop;
  }, [engine, account]);
}
