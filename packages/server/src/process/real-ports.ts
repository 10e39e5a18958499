// The ports of a real server process.
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { jwtTokens } from '../auth/jwt-tokens.ts';
import { documentWorker } from './document-worker.ts';
import { memoryThrottle } from './memory-throttle.ts';
import { argon2Passwords } from '../auth/password-hashing.ts';
import type { ServerConfig } from '../config.ts';
import type { Clock, Log, ServerPorts, ServerStore } from '../ports.ts';

const REDACTED = ['*.authorization', '*.cookie', '*.password', '*.token', '*.access_token', '*.refresh_token', 'authorization', 'cookie', 'password', 'token'];

export function jsonLog(level: ServerConfig['logLevel']): Log {
  const logger = pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } }, pino.destination({ fd: 2, sync: true }));
  return {
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  };
}

function systemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

export function realPorts(store: ServerStore, secret: string, config: ServerConfig): ServerPorts {
  return {
    store,
    clock: systemClock(),
    ids: { uuid: () => randomUUID(), secret: () => randomBytes(32).toString('base64url') },
    tokens: jwtTokens(secret, config.previousSecret),
    passwords: argon2Passwords(),
    documents: documentWorker(),
    throttle: memoryThrottle(),
    log: jsonLog(config.logLevel),
  };
}
