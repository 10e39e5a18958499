// Doubles of every port, for tests of the engine and of apps that embed it, and the contract suite of each port.
export { appHandler, appStreams, createSimTransport, type SimDelivery, type SimHandler, type SimNetworkPolicy, type SimStreamHandler, type SimTransport } from './sim-transport.ts';
export { type BasicRecord, type BasicServer, type BasicServerOptions, createBasicServer } from './basic-server.ts';
export { cloneValue } from './clone-value.ts';
export { createMemoryStores } from './memory-store.ts';
export { createSimChance, createSimIds } from './sim-ids.ts';
export { createSimChannels, type SimChannelPolicy, type SimChannels } from './sim-channel.ts';
export { createSimClock, createSimDeviceClock, type SimClock, type SimDeviceClock, type SimDeviceClockOptions } from './sim-clock.ts';
export { createSimDevice, type SimDevice, type SimDeviceOptions, type SimPage, type SimPageOptions } from './sim-device.ts';
export {
  createSimDisk, type SimDisk, type SimDiskOptions, type StoreCommit, type StoreFault, type StoreOperation, type StorePhase, type StorePoint,
} from './sim-disk.ts';
export { type MemoryDatabase, type StoreCounts } from './memory-database.ts';
export type { RealStores } from './real-disk.ts';
export { createSimLifecycle, type SimLifecycle } from './sim-lifecycle.ts';
export { createSimLocks, type SimLocks } from './sim-locks.ts';
export { createSimScheduler, type SimScheduler, type SimSchedulerOptions } from './sim-scheduler.ts';
export { createSimTab, type SimTab } from './sim-tab.ts';
export {
  answerOf, channelContract, clockContract, idsContract, lifecycleContract, locksContract, storeContract, transportContract,
  type ChannelWorld, type ClockWorld, type ContractAnswer, type ContractCase, type ContractWorld, type IdsWorld, type LifecycleWorld,
  type LocksWorld, type StoreWorld, type TransportWorld,
} from './contracts/index.ts';
export {
  type Action, allMarks, type Deed, type DevicePlan, FAULT_KINDS, type FaultKind, generatePlan, type Mark, MarkCounts, MARKS, type NetFault, type Plan,
  type PlanShape, type Poison, printHistory, printPlan, readPlan, type RunOptions, runPlan, type RunResult, type Shrunk, shrinkPlan, type ShrinkOptions,
  type SimServer, type SimServerFactory, type SimServerOptions, type TrueSession,
} from './simulator/index.ts';
