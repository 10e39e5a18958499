// The real server app inside a simulated world: tokens of the world instead of signatures, over a store that the world can break.
import type { SimServer, SimServerOptions, TrueSession } from '@syncline/core/testing';
import { type AppConfig, createApp, createMemoryStore, type MemorySnapshot, type ServerPorts, type ServerStore } from '@syncline/server';
import type { StoredPreferences, StoredSession } from '../../packages/server/src/ports.ts';
import { createSimulatedPorts, inlineDocuments, isSameDocument } from '../../packages/server/src/testing/index.ts';

const CONFIG: AppConfig = {
  version: '0.0.0-simulated', supportContact: 'support@example.test', tokenLifetimeMs: 86_400_000, loginLifetimeMs: 400 * 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
};
const FAR = Date.UTC(9999, 0);
/** Small, so that simulated worlds begin preferences documents anew, too. */
const REWRITE_ABOVE = 600;

/** Everything that is committed for one user. */
export interface TrueContent {
  readonly sessions: readonly TrueSession[];
  readonly preferences: Pick<StoredPreferences, 'values' | 'document'>;
}

export function trueContent(sessions: readonly StoredSession[], preferences: TrueContent['preferences']): TrueContent {
  const finished = sessions.filter(({ state, deletedAt }) => state !== 'running' && deletedAt === null);
  return {
    sessions: finished.map(({ id, state, startTime, endTime, category, project, note }) => ({
      id, start: startTime ?? 0, end: endTime ?? 0, category, project, note, cancelled: state === 'cancelled',
    })),
    preferences,
  };
}

/** The store of a simulated server, what it truly holds, and ways to break it. */
export interface SimStore extends Pick<SimServer, 'crashNext' | 'setAvailable' | 'save'> {
  readonly store: ServerStore;
  content(userId: string): TrueContent;
  /** The runbook: a restored database begins a new epoch. */
  restore(epoch: string): void;
}

export type SimStoreFactory = (epoch: string) => SimStore | Promise<SimStore>;

export interface RealServerOptions extends SimServerOptions {
  /** In memory by default. */
  readonly openStore?: SimStoreFactory | undefined;
  /** Further logins of the first user, which a token may name. */
  readonly logins?: readonly string[];
  /** Size in bytes beyond which a preferences document is begun anew. */
  readonly rewriteAbove?: number | undefined;
  readonly readToken: (token: string) => { readonly userId: string; readonly expiresAt: number; readonly sid?: string } | null;
}

export async function createRealServer(options: RealServerOptions): Promise<SimServer> {
  const held = await (options.openStore ?? openMemoryStore)(options.uuid());
  const { accounts } = held.store;
  for (const userId of options.userIds) {
    await accounts.create({ userId, username: `u${userId}`, email: '', createdAt: options.now(), passwordHash: '', timezone: 'UTC' });
    await accounts.openLogin({ sid: userId, userId, createdAt: options.now(), expiresAt: FAR, refreshHash: null }, null);
  }
  for (const sid of options.logins ?? []) {
    await accounts.openLogin({ sid, userId: options.userIds[0] ?? '', createdAt: options.now(), expiresAt: FAR, refreshHash: null }, null);
  }
  held.save();
  return {
    app: createApp(portsOf(held.store, options), CONFIG),
    stored: (userId) => held.content(userId).sessions,
    preferences: (userId) => {
      const { values, document } = held.content(userId).preferences;
      return { values, isDocument: (bytes) => document !== null && isSameDocument(document, bytes) };
    },
    crashNext: (point) => held.crashNext(point),
    setAvailable: (available) => held.setAvailable(available),
    save: () => held.save(),
    restore: () => held.restore(options.uuid()),
  };
}

function portsOf(store: ServerStore, options: RealServerOptions): ServerPorts {
  return {
    ...createSimulatedPorts(store, { now: options.now, after: options.after }, { uuid: options.uuid, secret: options.uuid }),
    documents: inlineDocuments(options.rewriteAbove ?? REWRITE_ABOVE),
    tokens: {
      sign: () => Promise.reject(new Error('a simulated world signs nothing')),
      verify: async (token, now) => {
        const claims = options.readToken(token);
        if (claims === null || claims.expiresAt <= now) return null;
        return { userId: claims.userId, sid: claims.sid ?? claims.userId, tokenId: token, issuedAt: 0, expiresAt: claims.expiresAt };
      },
    },
  };
}

const openMemoryStore: SimStoreFactory = (epoch) => {
  const cache = new Map<string, TrueContent>();
  /** What a crash left behind is looked at, not remembered, until something is committed again. */
  let isCrashed = false;
  const store = createMemoryStore({
    epoch,
    onCommit: (userId) => {
      isCrashed = false;
      cache.delete(userId);
    },
  });
  let backup: MemorySnapshot = store.snapshot();
  const look = (userId: string): TrueContent => {
    const user = store.look(userId);
    return trueContent([...(user?.sessions.values() ?? [])], user ? structuredClone(user.preferences) : { values: {}, document: null });
  };
  return {
    store,
    content: (userId) => {
      const content = (isCrashed ? undefined : cache.get(userId)) ?? look(userId);
      cache.set(userId, content);
      return content;
    },
    crashNext: (point) => {
      isCrashed = true;
      store.crashNext(point);
    },
    setAvailable: (available) => store.setAvailable(available),
    save: () => void (backup = store.snapshot()),
    restore: (next) => {
      cache.clear();
      store.restore(backup, next);
    },
  };
};
