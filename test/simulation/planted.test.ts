// Each planted bug with a finding is found again at once: the test of the simulator itself. `pnpm sim:planted` hunts for all of them.
import { describe, expect, it } from 'vitest';
import { BUGS } from './planted/bugs.ts';
import { planOfFinding, readFindings } from './planted/findings.ts';
import { loadPlanted } from './planted/load.ts';
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

  it('stand in docs/SIMULATION.md as they are', () => {
    const { is, should } = documentWithTable();
    expect(is).toBe(should);
  });

  it('have names of their own', () => {
    expect(new Set(BUGS.map(({ id }) => id)).size).toBe(BUGS.length);
    expect(Object.keys(findings).filter((id) => !BUGS.some((bug) => bug.id === id))).toEqual([]);
  });
});
