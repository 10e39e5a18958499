// Doubles and contracts of the server's ports, for tests of this package and for simulated worlds.
export { createMemoryStore, type CrashPoint, type MemoryServerStore, type MemorySnapshot, type MemoryStoreOptions } from '../store/memory/memory-store.ts';
export { accountContract } from './account-contract.ts';
export { apiContract } from './api-contract.ts';
export { type ApiAnswer, type ApiUser, type ApiWorld, type CallOptions, createApiWorld } from './api-world.ts';
export type { ContractCase } from './contract-case.ts';
export { inlineDocuments } from '../documents/inline-documents.ts';
export { isSameDocument } from './same-document.ts';
export {
  createCountingIds, createSettableClock, createSimulatedPasswords, createSimulatedPorts, createSimulatedTokens, type SettableClock, SILENT_LOG,
} from './simulated-ports.ts';
export { type ConflictsFixture, type HealthyFixture, statusSampleContract } from './status-sample-contract.ts';
export { storeContract } from './store-contract.ts';
export { createStoreWorld, type StoreWorld } from './store-world.ts';
