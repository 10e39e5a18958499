import { runSeed } from './seeds.ts';
const [from, count] = process.argv.slice(2).map(Number) as [number, number];
for (let s = from; s < from + count; s++) { const r = await runSeed(s); const ids = new Map<string,string>(); for (const v of r.violations) if (!ids.has(v.id)) ids.set(v.id, v.what); for (const [id, what] of ids) console.log(s, id, what.slice(0, 200)); }
