// Pure files take time, chance and the outside world as arguments. The linter forbids the globals by name;
// the rest needs the shape of the code: a date of now, the machine's time zone, state that outlives a call.
import { Visitor } from 'oxc-parser';
import type { SourceFile } from './sources.ts';

const pure: Record<string, RegExp> = {
  protocol: /./,
  core: /^(model|sync|testing|preferences|annotations)\//,
  server: /^(?!main\.ts$|adapters\/|process\/|store\/sql\/)/,
};

const localTime = /^(get|set)(FullYear|Month|Date|Day|Hours|Minutes)$|^getTimezoneOffset$|^toLocale(Date|Time)?String$/;
// Deterministic parts of otherwise ambient modules.
const pureParts: Record<string, readonly string[]> = {
  'node:crypto': ['createHash', 'createHmac', 'timingSafeEqual'],
  'node:net': ['isIP', 'isIPv4', 'isIPv6'],
};

export function isPure(file: SourceFile): boolean {
  return pure[file.owner]?.test(file.name) ?? false;
}

export function purityFaults(file: SourceFile): string[] {
  const faults: string[] = [];
  for (const { specifier, names, isType } of file.imports) {
    if (isType || !specifier.startsWith('node:')) continue;
    if (!names.every((name) => pureParts[specifier]?.includes(name))) faults.push(`imports ${specifier}`);
  }
  faults.push(...moduleState(file));
  new Visitor({
    NewExpression(node) {
      if (isNamed(node.callee, 'Date') && node.arguments.length === 0) faults.push('takes the time from the machine: new Date()');
    },
    CallExpression(node) {
      if (isNamed(node.callee, 'Date')) faults.push('takes the time from the machine: Date()');
      if (node.callee.type !== 'MemberExpression' || node.callee.property.type !== 'Identifier') return;
      if (localTime.test(node.callee.property.name)) faults.push(`depends on the machine's time zone: ${node.callee.property.name}()`);
    },
  }).visit(file.program);
  return faults.map((fault) => `${file.path} ${fault}`);
}

/** Variables and empty containers at the top of a module are there to be filled later, unless their type forbids it. */
function moduleState(file: SourceFile): string[] {
  return file.program.body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') return [];
    if (declaration.kind !== 'const') return [`keeps state in the module: ${declaration.kind}`];
    return declaration.declarations.flatMap(({ id, init }) => {
      const empty =
        (init?.type === 'NewExpression' && /^(Weak)?(Map|Set)$/.test(nameOf(init.callee)) && init.arguments.length === 0) ||
        (init?.type === 'ArrayExpression' && init.elements.length === 0) ||
        (init?.type === 'ObjectExpression' && init.properties.length === 0);
      const type = id.typeAnnotation?.typeAnnotation;
      const closed = type?.type === 'TSTypeOperator' || (type?.type === 'TSTypeReference' && !/^(Record|Array|Map|Set)$/.test(nameOf(type.typeName)));
      return empty && !closed ? [`keeps state in the module: ${nameOf(id)}`] : [];
    });
  });
}

function isNamed(node: { type: string }, name: string): boolean {
  return nameOf(node) === name;
}

function nameOf(node: { type: string }): string {
  return node.type === 'Identifier' && 'name' in node ? String(node.name) : '';
}
