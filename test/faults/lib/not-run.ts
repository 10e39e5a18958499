/** Says what cannot be tried on this machine, in the words that the sum of `npm test` counts. */
export function notRun(check: string, reason: string): void {
  process.stdout.write(`\nNOT RUN: ${check}: ${reason}\n`);
}
