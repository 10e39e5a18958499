// Peers that come without types: what the benchmarks call of them.
declare module 'interval-tree-1d' {
  interface Tree {
    queryInterval(low: number, high: number, found: (interval: [number, number]) => void): void;
  }
  export default function createIntervalTree(intervals: [number, number][]): Tree;
}

declare module 'static-interval-tree' {
  interface Interval {
    readonly start: number;
    readonly end: number;
  }
  interface Tree {
    readonly high: number;
  }
  const trees: {
    index(intervals: readonly Interval[]): Tree;
    matches01(tree: Tree, span: Interval): readonly Interval[];
  };
  export default trees;
}
