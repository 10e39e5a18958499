// What every source of ids and chance promises the engine.
import type { Ids } from '../../ports.ts';
import { casesOf, check, checkEqual, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface IdsWorld extends ContractWorld {
  readonly ids: Ids;
}

const bodies: Record<string, (world: IdsWorld) => Promise<void>> = {
  'ids are random UUIDs in canonical form': async ({ ids }) => {
    const list = Array.from({ length: 500 }, () => ids.uuid());
    const bad = list.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id));
    checkEqual(bad, []);
  },
  'no id comes twice': async ({ ids }) => {
    checkEqual(new Set(Array.from({ length: 5_000 }, () => ids.uuid())).size, 5_000);
  },
  'chance is in [0, 1) and moves': async ({ ids }) => {
    const list = Array.from({ length: 1_000 }, () => ids.random());
    check(list.every((number) => number >= 0 && number < 1), 'out of range');
    check(list.some((number) => number < 0.2) && list.some((number) => number > 0.8), 'it does not spread');
  },
};

/** The contract of the ids port. */
export function idsContract(createWorld: () => IdsWorld | Promise<IdsWorld>): readonly ContractCase[] {
  return casesOf(createWorld, bodies);
}
