// Ports for scripts, desktop shells and tests in Node; an entry of its own, so that no page carries them.
export { type NodeDatabase, nodePorts } from './adapters/node.ts';
