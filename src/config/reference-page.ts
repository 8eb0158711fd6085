import { configJsonSchema } from './json-schema.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** `docs/configuration.md`: every setting with its default and one sentence, made from the schemas. */
export function configurationPage(): string {
  const root = configJsonSchema() as Node;
  const rows = Object.entries(root.properties ?? {}).flatMap(([name, node]) =>
    rowsOf(name, node, root.required?.includes(name) === true),
  );
  return [
    '# Configuration',
    '',
    'One YAML file, `goldsmith.yaml` unless `--config` names another. `${NAME}` and `${NAME:-default}` in values are replaced from the',
    'environment. Unknown settings are errors; `goldsmith check-config` names every problem at once. Durations are written `90s`, `15m`, `26h`, `7d`.',
    'Made from the schemas by `npm run generate`; do not edit.',
    '',
    '| setting | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function rowsOf(path: string, node: Node, isRequired: boolean): readonly string[] {
  const variants = node.anyOf ?? node.oneOf;
  if (variants !== undefined && variants.some(({ properties }) => properties !== undefined)) {
    return variants.flatMap((variant) => {
      const kind = Object.entries(variant.properties ?? {}).find(
        ([, { const: tag }]) => tag !== undefined,
      );
      const label = kind === undefined ? path : `${path} (${kind[0]}: ${kind[1].const})`;
      return rowsOf(label, variant, isRequired);
    });
  }
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      rowsOf(
        `${path}.${name}`,
        child,
        node.required?.includes(name) === true && child.default === undefined,
      ),
    );
  }
  const rows = [`| \`${path}\` | ${standard(node, isRequired)} | ${meaning(node)} |`];
  return node.items?.properties === undefined
    ? rows
    : [...rows, ...rowsOf(`${path}[]`, node.items, true)];
}

function standard(node: Node, isRequired: boolean): string {
  if (node.default !== undefined) {
    return `\`${JSON.stringify(node.default).replaceAll('"', '')}\``;
  }
  if (node.const !== undefined) {
    return `\`${node.const}\``;
  }
  return isRequired ? 'required' : 'none';
}

function meaning({ description = '', enum: values }: Node): string {
  const choices =
    values === undefined
      ? ''
      : ` One of ${values.map((value) => `\`${String(value)}\``).join(', ')}.`;
  return `${description}${choices}`.replaceAll('|', '\\|').trim();
}
