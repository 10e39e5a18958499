// A page that holds the real adapters to their contracts and tells the server what came of it. Any browser can open it; no driver is needed.
import { channelContract, type ContractCase, locksContract, storeContract } from '@syncline/core/testing';
import { realChannels, realLocks, realStores } from '../../browser/real-worlds.ts';

export interface ContractReport {
  readonly agent: string;
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

const CASE_MS = 30_000;

const suites: Readonly<Record<string, readonly ContractCase[]>> = {
  store: storeContract(realStores), locks: locksContract(realLocks), channel: channelContract(realChannels),
};

async function runAll(): Promise<ContractReport> {
  const passed: string[] = [];
  const failed: { name: string; why: string }[] = [];
  for (const [suite, cases] of Object.entries(suites)) {
    for (const { name, run } of cases) {
      try {
        await Promise.race([run(), new Promise((_, reject) => void setTimeout(() => reject(new Error('it never ended')), CASE_MS))]);
        passed.push(`${suite}: ${name}`);
      } catch (error) {
        failed.push({ name: `${suite}: ${name}`, why: error instanceof Error ? `${error.name} ${error.message}` : String(error) });
      }
    }
  }
  return { agent: navigator.userAgent, passed, failed };
}

void runAll().then((report) => fetch('/report', { method: 'POST', body: JSON.stringify(report) }));
