// One suite for each port, for every implementation of it, real or simulated.
export { channelContract, type ChannelWorld } from './channel-contract.ts';
export { clockContract, type ClockWorld } from './clock-contract.ts';
export { type ContractCase, type ContractWorld } from './contract-case.ts';
export { idsContract, type IdsWorld } from './ids-contract.ts';
export { lifecycleContract, type LifecycleWorld } from './lifecycle-contract.ts';
export { locksContract, type LocksWorld } from './locks-contract.ts';
export { storeContract, type StoreWorld } from './store-contract.ts';
export { answerOf, transportContract, type ContractAnswer, type TransportWorld } from './transport-contract.ts';
