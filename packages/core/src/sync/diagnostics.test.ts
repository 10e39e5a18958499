import { describe, expect, it } from 'vitest';
import type { Diagnostics } from '../api-diagnostics.ts';
import { createEngineWorld } from '../testing/engine-world.ts';
import { Diary } from './diary.ts';
import { deriveStatus } from './status.ts';
import { statusInput } from './status-input.ts';
import { verifyDiagnostics } from './verify-diagnostics.ts';
import { View } from './view.ts';

const SECRETS = { category: 'secret-category', project: 'secret-project', note: 'secret-note' };

/** A day with everything that changes a status: work offline, a refusal, an overlap, a failing server. */
async function eventful(): Promise<Diagnostics> {
  const world = createEngineWorld();
  const { engine } = await world.open({ token: () => 'secret-token', options: { device: { type: 'web_timer', version: '1', name: 'secret-name' } } });
  await world.run(5000);
  world.isOffline = true;
  await world.drive(engine.sessions.record(world.session(120, 30, SECRETS)));
  await world.drive(engine.sessions.record(world.session(110, 30, SECRETS)));
  await world.run(60_000);
  world.isOffline = false;
  world.server.intercept = ({ path }) => (path === '/api/pomodoro/submit' ? world.server.json(422, { error: 'secret-words', code: 'refused' }) : undefined);
  await world.run(100_000);
  world.server.intercept = () => world.server.json(503, { error: 'secret-words', code: 'The secret-project is closed' });
  await world.run(100_000);
  world.server.intercept = null;
  await world.drive(engine.sessions.start({ plannedDuration: 25, ...SECRETS }));
  await world.run(7_200_000);
  return JSON.parse(JSON.stringify(engine.diagnostics())) as Diagnostics;
}

describe('a diagnostics file', () => {
  it('holds every status with its input and every request, and nothing that a person wrote', async () => {
    const file = await eventful();
    expect(file.steps.length).toBeGreaterThan(10);
    expect(file.requests.length).toBeGreaterThan(5);
    expect(file.requests[0]).toMatchObject({ method: 'GET', path: '/api/health', outcome: 200 });
    expect(file.requests.some(({ outcome }) => outcome === 'network')).toBe(true);
    expect(JSON.stringify(file)).not.toMatch(/secret/);
  });

  it('is made of what was kept without its words, however much was refused', () => {
    const diary = new Diary();
    const tab = { leader: true, problems: [], space: { usage: null, quota: null, persisted: null }, beside: 0 };
    const input = statusInput(new View(), { deviceId: 'd', deviceType: 'web_timer', version: '1', name: null }, tab, [], 24);
    const recommendations = ['The session of 2026-01-05 09:00 UTC (book) was not accepted (no) - review needed'];
    diary.noteStep(0, input, { ...deriveStatus(input, 0).status, recommendations });
    recommendations.length = 0;
    expect(diary.export(0).steps[0]?.status).toMatchObject({ recommendations: [''] });
  });

  it('derives to what was shown, step by step', async () => {
    const file = await eventful();
    expect(verifyDiagnostics(file)).toEqual({ steps: file.steps.length, wrong: null });
  });

  it('names the first step that is not what the rules say, and where', async () => {
    const file = await eventful();
    const steps = file.steps.map((step, i) => (i < 7 ? step : { ...step, status: { ...(step.status as object), sync_status: 'healthy_enough' } }));
    expect(verifyDiagnostics({ ...file, steps }).wrong).toMatchObject({ step: 7, path: 'sync_status', shown: 'healthy_enough' });
  });

  it('whose steps are not all there, or in another order, is none of which all is as derived', async () => {
    const file = await eventful();
    const { shown, steps } = file;
    const n = shown - steps.length + 1;
    const [first, second, third, ...others] = steps;
    expect(() => verifyDiagnostics({ ...file, steps: [] })).toThrow('The file holds no step');
    expect(() => verifyDiagnostics({ ...file, steps: steps.slice(0, -2) })).toThrow(`The file ends with step ${shown - 2}, and ${shown} were shown`);
    expect(verifyDiagnostics({ ...file, steps: steps.slice(1) }).wrong).toMatchObject({ step: 0, path: 'n', shown: n + 1, derived: n });
    expect(verifyDiagnostics({ ...file, steps: [first, third, second, ...others] }).wrong).toMatchObject({ step: 1, path: 'n', shown: n + 2, derived: n + 1 });
    expect(verifyDiagnostics({ ...file, steps: [first, first, second, third, ...others] }).wrong).toMatchObject({ step: 1, path: 'n', shown: n, derived: n + 1 });
    expect(() => verifyDiagnostics({ ...file, shown: undefined })).toThrow('The file does not say how many statuses were shown');
  });

  it('names the step that cannot be read, and a difference under a name with a dot', async () => {
    const { steps: [first], ...file } = { ...(await eventful()), shown: 2 };
    const step = { ...first, n: 1 } as { n: number; input: { tab: object }; status: object };
    const { input, status } = step;
    const dotted = { ...file, steps: [step, { ...step, n: 2, status: { ...status, 'a.b': 1 } }] };
    expect(verifyDiagnostics(dotted).wrong).toMatchObject({ step: 1, path: 'a.b', shown: 1, derived: undefined });
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    const nested = { ...file, steps: [step, { ...step, n: 2, input: { ...input, tab: { ...input.tab, space: deep } } }] };
    expect(() => verifyDiagnostics(nested)).toThrow('Step 1 cannot be read');
  });

  it('is bounded', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(24 * 3_600_000);
    const file = engine.diagnostics();
    expect([file.steps.length, file.requests.length]).toEqual([200, 200]);
    expect(verifyDiagnostics(JSON.parse(JSON.stringify(file)))).toEqual({ steps: 200, wrong: null });
  });

  it('that is none, or is damaged, is refused in words', () => {
    const step = { n: 1, at: 1, input: {}, status: {} };
    expect(() => verifyDiagnostics({ format: 2, steps: [] })).toThrow('This is no diagnostics file of format 1');
    expect(() => verifyDiagnostics(null)).toThrow('This is no diagnostics file of format 1');
    expect(() => verifyDiagnostics({ format: 1, shown: 1, steps: [7] })).toThrow('Step 0 lacks its time, input or status');
    expect(() => verifyDiagnostics({ format: 1, shown: 1, steps: [step] })).toThrow('Step 0 cannot be read');
    expect(() => verifyDiagnostics({ format: 1, shown: 1, steps: [{ ...step, at: 1e300 }] })).toThrow('Step 0 lacks its time, input or status');
  });
});
