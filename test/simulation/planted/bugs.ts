// Every planted bug. Each is one class of fault whose handling is taken out.
import type { PlantedBug } from './bug.ts';
import { KEEPING } from './bugs-keeping.ts';
import { NOTES } from './bugs-notes.ts';
import { SENDING } from './bugs-sending.ts';
import { SERVER } from './bugs-server.ts';

export const BUGS: readonly PlantedBug[] = [...SENDING, ...KEEPING, ...SERVER, ...NOTES];
