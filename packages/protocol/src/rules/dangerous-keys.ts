/** Names that reach an object's prototype where somebody is careless. Refused wherever a name comes from outside. */
export const DANGEROUS_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
