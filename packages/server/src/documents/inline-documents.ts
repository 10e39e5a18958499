import type { Documents } from '../ports.ts';
import { isAnnotation } from './annotation-document.ts';
import { syncPreferences } from './preferences-document.ts';

/** Decodes where it stands, without limits of time and memory: for simulated worlds and tests. */
export function inlineDocuments(): Documents {
  return {
    syncPreferences: async (job) => syncPreferences(job),
    isAnnotation: async (update) => isAnnotation(update),
  };
}
