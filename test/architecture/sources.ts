// The packages' source files as the rules see them: where they lie, what they import, their syntax tree.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { parseSync, type ParseResult } from 'oxc-parser';

export interface Import {
  readonly specifier: string;
  /** The names taken, `*` for a whole module. */
  readonly names: readonly string[];
  /** Gone after compilation. */
  readonly isType: boolean;
}

export interface SourceFile {
  /** `packages/core/src/sync/push.ts` */
  readonly path: string;
  /** `core` */
  readonly owner: string;
  /** Below `src`: `sync/push.ts` */
  readonly name: string;
  readonly imports: readonly Import[];
  readonly reexportsAll: boolean;
  readonly program: ParseResult['program'];
}

export const repository = join(import.meta.dirname, '..', '..');

export function readSources(group: 'packages' | 'examples'): SourceFile[] {
  return readdirSync(join(repository, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => filesBelow(join(repository, group, entry.name, 'src')))
    .map((file) => parse(relative(repository, file).split(sep).join('/'), readFileSync(file, 'utf8')));
}

export function parse(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const [, owner = '', , ...rest] = path.split('/');
  const reexports = module.staticExports.flatMap((statement) => statement.entries);
  return {
    path,
    owner,
    name: rest.join('/'),
    imports: [
      ...module.staticImports.map(({ moduleRequest, entries }) => ({
        specifier: moduleRequest.value,
        names: entries.map((entry) => entry.importName.name ?? '*'),
        isType: entries.length > 0 && entries.every((entry) => entry.isType),
      })),
      ...reexports.flatMap((entry) =>
        entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, names: [entry.importName.name ?? '*'], isType: entry.isType }] : [],
      ),
      ...module.dynamicImports.map(({ moduleRequest }) => ({
        specifier: text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
        names: ['*'],
        isType: false,
      })),
    ],
    reexportsAll: reexports.some(({ importName }) => importName.kind === 'All' || importName.kind === 'AllButDefault'),
    program,
  };
}

/** The file in this package that a relative import means; undefined for a package's name. */
export function target(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(dirname(file.path), specifier) : undefined;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.tsx?$/.test(entry.name) && !/\.test(-support)?\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
