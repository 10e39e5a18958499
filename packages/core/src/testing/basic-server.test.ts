import { expect, it } from 'vitest';
import { createBasicServer } from './basic-server.ts';

it('the basic server tells nobody when somebody else changed preferences', async () => {
  const server = createBasicServer({ now: () => Date.UTC(2026, 0, 5, 9), userOf: (token) => token });
  const call = (method: 'GET' | 'PUT', path: string, token: string, body?: string) =>
    server.handle({ method, path, headers: { Authorization: `Bearer ${token}` }, body, timeoutMs: 1000, maxBodyChars: 10_000 });
  await call('PUT', '/api/user/preferences', 'anna', '{"daily_goal":8}');
  const updated = async (token: string) => (JSON.parse((await call('GET', '/api/sync/status', token)).body) as { data_summary: { preferences_updated: unknown } }).data_summary.preferences_updated;
  expect([await updated('anna'), await updated('ben')]).toEqual(['2026-01-05T09:00:00Z', null]);
});
