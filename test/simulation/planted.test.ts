// Each planted bug with a finding is found again at once: the test of the simulator itself. `pnpm sim:planted` hunts for all of them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BUGS } from './planted/bugs.ts';
import { sayFound } from './planted/cli.ts';
import { planOfFinding, readFindings } from './planted/findings.ts';
import { bundlePlanted, loadPlanted } from './planted/load.ts';
import { documentWithTable } from './planted/table.ts';
import { runReal } from './seeds.ts';

const findings = readFindings();

describe('planted bugs', () => {
  for (const bug of BUGS) {
    const finding = findings[bug.id];
    if (finding === undefined) continue;
    it(`[${bug.rows.join(', ')}] ${bug.id} is found: ${bug.says}`, async () => {
      const planted = await loadPlanted(bug);
      const { violations } = await planted.runReal(planOfFinding(finding));
      expect(violations.map(({ id }) => id)).toContain(finding.invariant);
      expect((await runReal(planOfFinding(finding))).violations).toEqual([]);
    });
  }

  it('make a run print one command that replays it, and a history that was made small', async () => {
    const bug = BUGS.find(({ id }) => id === 'ack-of-html') ?? expect.fail();
    const { seed, invariant } = findings[bug.id] ?? expect.fail();
    const words = [await bundlePlanted(bug, 'cli.ts'), '--from', String(seed), '--seeds', '1', '--jobs', '1'];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, words).then(() => expect.fail('it does not fail'), (error: { code: unknown; stdout: string; stderr: string }) => error);
    expect(stdout).toMatch(new RegExp(`^seed ${seed}: ${invariant} .*\\n  pnpm sim --seed ${seed}\\n`, 'm'));
    const [, actions, history, plan] = /^Shrunk in \d+ tries to (\d+) actions:\n(.+)\n[^]*\n(\{.*\})$/m.exec(stdout) ?? [];
    expect(Number(actions)).toBeLessThan(8);
    expect(history).toMatch(/^[A-Z]\d|^[{|]/);
    expect(JSON.parse(plan ?? '')).toMatchObject({ invariant, plan: { seed } });
    expect([code, stdout, stderr]).toEqual([1, expect.stringMatching(/^1 seeds, 1 violations$/m), '']);
  });

  it('are summed up as far as they were hunted', () => {
    const known = new Map([['a', { actions: 2 }], ['b', { actions: 30 }], ['c', { actions: 3 }]]);
    expect(sayFound(['a', 'd'], known)).toEqual(['1 of 1 shrank to 12 actions or fewer', '1 of 2 found']);
    expect(sayFound(['a', 'b', 'c'], known)).toEqual(['2 of 3 shrank to 12 actions or fewer', '3 of 3 found']);
  });

  it('stand in docs/SIMULATION.md as they are', () => {
    const { is, should } = documentWithTable();
    expect(is).toBe(should);
  });

  it('have names of their own', () => {
    expect(new Set(BUGS.map(({ id }) => id)).size).toBe(BUGS.length);
    expect(Object.keys(findings).filter((id) => !BUGS.some((bug) => bug.id === id))).toEqual([]);
  });
});
