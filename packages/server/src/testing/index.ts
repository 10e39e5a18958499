// Doubles and contracts of the server's ports, for tests of this package and for simulated worlds.
export { createMemoryStore, type CrashPoint, type MemoryServerStore, type MemorySnapshot, type MemoryStoreOptions } from '../store/memory/memory-store.ts';
export { accountContract } from './account-contract.ts';
export type { ContractCase } from './contract-case.ts';
export { storeContract } from './store-contract.ts';
export { createStoreWorld, type StoreWorld } from './store-world.ts';
