// One call for whoever owns the machine: accounts, while the server has the database open. It asks for a key that only a reader of
// the data folder can derive, and answers nothing else.
import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { jsonAnswer } from '../http/error-answer.ts';
import type { ServerPorts } from '../ports.ts';
import { addAccount, setPassword } from './add-account.ts';

export const OPERATOR_PATH = '/operator/accounts';

export function createOperatorApp(ports: ServerPorts, key: string): Hono {
  const app = new Hono();
  app.post(OPERATOR_PATH, async (context) => {
    if (!isSame(context.req.header('Authorization') ?? '', `Bearer ${key}`)) return jsonAnswer(404, { error: 'Not found', code: 'not_found' });
    const { action, username, password } = readRequest(await context.req.text());
    const outcome = action === 'password' ? await setPassword(ports, username, password) : await addAccount(ports, username, password);
    return jsonAnswer(outcome.ok ? 200 : 400, outcome);
  });
  return app;
}

function readRequest(text: string): { action: string; username: string; password: string } {
  try {
    const value = JSON.parse(text) as Partial<Record<'action' | 'username' | 'password', unknown>>;
    return { action: String(value.action), username: String(value.username ?? ''), password: String(value.password ?? '') };
  } catch {
    return { action: 'add', username: '', password: '' };
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
