// The real server app inside a simulated world: its memory store, and tokens of the world instead of signatures.
import type { SimServer, SimServerOptions, TrueSession } from '@syncline/core/testing';
import { type AppConfig, createApp, createMemoryStore, type MemorySnapshot, type ServerPorts } from '@syncline/server';
import { createSimulatedPorts, inlineDocuments, isSameDocument } from '../../packages/server/src/testing/index.ts';

const CONFIG: AppConfig = {
  version: '0.0.0-simulated', supportContact: 'support@example.test', tokenLifetimeMs: 86_400_000, loginLifetimeMs: 400 * 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
};
const FAR = Number.MAX_SAFE_INTEGER;
/** Small, so that simulated worlds begin preferences documents anew, too. */
const REWRITE_ABOVE = 600;

export interface RealServerOptions extends SimServerOptions {
  /** Further logins of the first user, which a token may name. */
  readonly logins?: readonly string[];
  /** Size in bytes beyond which a preferences document is begun anew. */
  readonly rewriteAbove?: number | undefined;
  readonly readToken: (token: string) => { readonly userId: string; readonly expiresAt: number; readonly sid?: string } | null;
}

export async function createRealServer(options: RealServerOptions): Promise<SimServer> {
  const cache = new Map<string, readonly TrueSession[]>();
  /** What a crash left behind is looked at, not remembered, until something is committed again. */
  let isCrashed = false;
  const store = createMemoryStore({
    epoch: options.uuid(),
    onCommit: (userId) => {
      isCrashed = false;
      cache.delete(userId);
    },
  });
  for (const userId of options.userIds) {
    await store.accounts.create({ userId, username: `u${userId}`, email: '', createdAt: options.now(), passwordHash: '', timezone: 'UTC' });
    await store.accounts.openLogin({ sid: userId, userId, createdAt: options.now(), expiresAt: FAR, refreshHash: null });
  }
  for (const sid of options.logins ?? []) {
    await store.accounts.openLogin({ sid, userId: options.userIds[0] ?? '', createdAt: options.now(), expiresAt: FAR, refreshHash: null });
  }
  const ports: ServerPorts = {
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
  let backup: MemorySnapshot = store.snapshot();
  return {
    app: createApp(ports, CONFIG),
    stored: (userId) => {
      const rows = (isCrashed ? undefined : cache.get(userId)) ?? storedRows(store.snapshot(), userId);
      cache.set(userId, rows);
      return rows;
    },
    preferences: (userId) => {
      const { values = {}, document = null } = store.snapshot().users.get(userId)?.preferences ?? {};
      return { values, isDocument: (bytes) => document !== null && isSameDocument(document, bytes) };
    },
    crashNext: (point) => {
      isCrashed = true;
      store.crashNext(point);
    },
    setAvailable: (available) => store.setAvailable(available),
    save: () => void (backup = store.snapshot()),
    restore: () => {
      cache.clear();
      // The runbook: a restored database begins a new epoch.
      store.restore(backup, options.uuid());
    },
  };
}

function storedRows(snapshot: MemorySnapshot, userId: string): TrueSession[] {
  return [...(snapshot.users.get(userId)?.sessions.values() ?? [])]
    .filter(({ state, deletedAt }) => state !== 'running' && deletedAt === null)
    .map(({ id, state, startTime, endTime, category, project, note }) => ({
      id, start: startTime ?? 0, end: endTime ?? 0, category, project, note, cancelled: state === 'cancelled',
    }));
}
