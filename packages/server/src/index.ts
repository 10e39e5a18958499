// What a host program needs to run the server in its own process, or inside a simulated world.
export type { AppConfig } from './config.ts';
export { type App, type Connection, createApp } from './http/app.ts';
export type {
  Account, AccountStore, Clock, Ids, Log, NewAccount, Passwords, ServerPorts, ServerStore, ServerStoreError, Throttle, TokenClaims, Tokens,
} from './ports.ts';
export { createMemoryStore, type CrashPoint, type MemoryServerStore, type MemorySnapshot, type MemoryStoreOptions } from './store/memory/memory-store.ts';
export { openEmbeddedStore, openPostgresStore } from './store/sql/open.ts';
