import { configJsonSchema } from './json-schema.ts';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
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

/** What could be written, where the schema of the setting cannot carry an example: it makes something else of what is written. */
const SUCH_AS: Readonly<Record<string, unknown>> = {
  'marts.readerStaleness': [{ reader: 'Daily sales', maxStaleness: '15m' }],
  'marts.adoptable': [{ view: 'gold.daily_sales', maxStaleness: '1h' }],
};

/** `config/goldsmith.example.yaml`: every setting with its default and one comment; optional ones commented out, with what they could say. */
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
  const [example = SUCH_AS[path]] = node.examples ?? [];
  const shown = example === undefined ? '' : JSON.stringify(example);
  if (value === undefined) {
    return [...about, `${indent}# ${key}: ${shown}`.trimEnd()];
  }
  const suchAs = shown === '' ? '' : ` # such as ${shown}`;
  return [...about, `${indent}${key}: ${JSON.stringify(value)}${suchAs}`];
}

function comment(description: string | undefined, indent: string): readonly string[] {
  return description === undefined ? [] : [`${indent}# ${description}`];
}
