import { LIMITS } from '@syncline/protocol';
import type { Documents } from '../ports.ts';
import { makeAnnotation } from './annotation-document.ts';
import { syncPreferences } from './preferences-document.ts';

/** Decodes where it stands, without limits of time and memory: for simulated worlds and tests. @param rewriteAbove in bytes. */
export function inlineDocuments(rewriteAbove: number = LIMITS.preferencesRewriteBytes): Documents {
  return {
    rewriteAbove,
    syncPreferences: async (job) => syncPreferences(job),
    makeAnnotation: async (job) => makeAnnotation(job),
  };
}
