import { type FormEvent, useState } from 'react';
import type { Account } from './account.ts';
import { Dialog } from './dialog.tsx';
import { Mark } from './icons.tsx';

interface SignInProps {
  readonly account: Account;
}

export function SignIn({ account }: SignInProps) {
  return (
    <main className="sign-in">
      <div className="card">
        <h1><Mark />Syncline timer</h1>
        <p className="muted">Focus sessions that are kept on this device first, and sent when there is a way.</p>
        <SignInForm account={account} />
      </div>
    </main>
  );
}

/** For somebody whose login ended while their sessions are open: the page stays as it is. */
export function SignInDialog({ account, onClose }: SignInProps & { readonly onClose: () => void }) {
  return (
    <Dialog title="Sign in again" onClose={onClose}>
      <p className="muted">What waits on this device is sent as soon as you are back. Nothing was lost.</p>
      <SignInForm account={account} username={account.current?.username ?? ''} onDone={onClose} />
    </Dialog>
  );
}

function SignInForm({ account, username = '', onDone }: SignInProps & { readonly username?: string; readonly onDone?: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    const outcome = await account.signIn(String(form.get('username')), String(form.get('password')));
    setBusy(false);
    if (outcome.ok) onDone?.();
    else setProblem(outcome.message);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label>Username<input name="username" autoComplete="username" required defaultValue={username} maxLength={256} autoCapitalize="none" spellCheck={false} /></label>
      <label>Password<input ref={(field) => void (username !== '' && field?.setAttribute('autofocus', ''))} name="password" type="password" autoComplete="current-password" required maxLength={256} /></label>
      <p className="problem" role="status">{problem}</p>
      <button className="primary big" aria-disabled={isBusy}>{isBusy ? 'Signing in…' : 'Sign in'}</button>
    </form>
  );
}
