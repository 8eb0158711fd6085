import { configJsonSchema } from './json-schema.ts';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
}

/** Values for settings that have no default: what a first file would hold. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'warehouse.path': 'warehouse.duckdb',
  'history.source': 'export',
  'history.path': 'history/*.jsonl',
};

/** `config/goldsmith.example.yaml`: every setting with its default and one comment; optional ones commented out. */
export function exampleFile(): string {
  const root = configJsonSchema() as Node;
  const lines = Object.entries(root.properties ?? {}).flatMap(([name, node]) =>
    section(name, node),
  );
  return [
    '# yaml-language-server: $schema=./goldsmith.schema.json',
    '# Every setting with its default. Made from the schemas by `npm run generate`; copy it and keep what you change.',
    '',
    ...lines,
  ].join('\n');
}

function section(name: string, node: Node): readonly string[] {
  const shown = node.oneOf?.[0] ?? node.anyOf?.[0] ?? node;
  if (shown.properties === undefined) {
    return [...comment(node.description, ''), `${name}: ${JSON.stringify(node.default)}`, ''];
  }
  return [
    `${name}:`,
    ...Object.entries(shown.properties).flatMap(([key, child]) =>
      setting(`${name}.${key}`, child, '  '),
    ),
    '',
  ];
}

function setting(path: string, node: Node, indent: string): readonly string[] {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const value = EXAMPLES[path] ?? node.const ?? node.default;
  const about = comment(node.description, indent);
  if (value === undefined) {
    return [...about, `${indent}# ${key}:`];
  }
  return [...about, `${indent}${key}: ${JSON.stringify(value)}`];
}

function comment(description: string | undefined, indent: string): readonly string[] {
  return description === undefined ? [] : [`${indent}# ${description}`];
}
