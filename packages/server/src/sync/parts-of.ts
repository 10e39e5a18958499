// What is too much to be read at once is read a part at a time.

export function partsOf(ids: ReadonlySet<string>, size: number): readonly (readonly string[])[] {
  const all = [...ids];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
