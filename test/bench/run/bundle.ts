// One script for each contender, so that a page loads nothing of the others.
import { build } from 'esbuild';

/** @param contents of an entry in `test/bench/page/` */
export async function bundlePage(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('../page', import.meta.url).pathname, loader: 'ts' },
    bundle: true, format: 'esm', write: false, minify: true, target: 'es2023', logLevel: 'error',
    conditions: ['@syncline/source', 'browser'], define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  });
  return outputFiles[0]?.text ?? '';
}
