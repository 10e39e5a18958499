import { type FormEvent, useState } from 'react';
import type { Account, User } from './account.ts';

export function SignIn({ account, onSignedIn }: { readonly account: Account; readonly onSignedIn: (user: User) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const outcome = await account.signIn(String(form.get('username')), String(form.get('password')));
    setBusy(false);
    if (outcome.ok) onSignedIn(outcome.user);
    else setProblem(outcome.message);
  };

  return (
    <main className="sign-in">
      <form className="card" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title">Syncline timer</h1>
        <p className="muted">Focus sessions that are kept on this device first, and sent when there is a way.</p>
        <label>Username<input name="username" autoComplete="username" required autoCapitalize="none" spellCheck={false} /></label>
        <label>Password<input name="password" type="password" autoComplete="current-password" required /></label>
        <p className="problem" role="status">{problem}</p>
        <button className="primary" disabled={isBusy}>{isBusy ? 'Signing in…' : 'Sign in'}</button>
      </form>
    </main>
  );
}
