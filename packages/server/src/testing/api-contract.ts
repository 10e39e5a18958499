// Everything the data calls promise, over any store.
import type { ApiWorld } from './api-world.ts';
import type { ContractCase } from './contract-case.ts';
import { annotationApiContract } from './annotation-api-contract.ts';
import { deviceApiContract } from './device-api-contract.ts';
import { againApiContract } from './again-api-contract.ts';
import { editApiContract } from './edit-api-contract.ts';
import { exchangeApiContract } from './exchange-api-contract.ts';
import { preferencesApiContract } from './preferences-api-contract.ts';
import { sessionApiContract } from './session-api-contract.ts';
import { streamApiContract } from './stream-api-contract.ts';
import { statusApiContract } from './status-api-contract.ts';
import { userApiContract } from './user-api-contract.ts';

export function apiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [
    ...sessionApiContract(world), ...statusApiContract(world), ...userApiContract(world), ...exchangeApiContract(world), ...editApiContract(world), ...againApiContract(world),
    ...streamApiContract(world), ...preferencesApiContract(world), ...annotationApiContract(world),
    ...deviceApiContract(world),
  ];
}
