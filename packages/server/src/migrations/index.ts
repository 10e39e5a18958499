// Every migration, by name, in the order in which they run. Imported one by one, so that no file system is searched.
// A migration that was released never changes; a later one corrects it.
import type { Migration } from 'kysely';
import { up as accounts } from './0001-accounts.ts';
import { up as sessions } from './0002-sessions.ts';
import { up as conflicts } from './0003-conflicts.ts';
import { up as exchange } from './0004-exchange.ts';
import { up as documents } from './0005-documents.ts';
import { up as devices } from './0006-devices.ts';
import { up as generations } from './0007-generations.ts';
import { up as clocks } from './0008-clocks.ts';
import { up as overview } from './0009-overview.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-accounts': { up: accounts },
  '0002-sessions': { up: sessions },
  '0003-conflicts': { up: conflicts },
  '0004-exchange': { up: exchange },
  '0005-documents': { up: documents },
  '0006-devices': { up: devices },
  '0007-generations': { up: generations },
  '0008-clocks': { up: clocks },
  '0009-overview': { up: overview },
};
