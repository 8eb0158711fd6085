/**
 * Reading a stranger's syntax tree: plain JSON of unknown shape, looked at one field at a time.
 * Nothing here throws; what is missing reads as empty.
 */
export type Tree = Readonly<Record<string, unknown>>;

const NOTHING: Tree = {};

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : NOTHING;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Whether a field says anything: not null, not false, not an empty list, not the word `None`. */
export function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 'None') {
    return false;
  }
  return !(Array.isArray(value) && value.length === 0);
}

export interface Variant {
  readonly tag: string;
  readonly body: unknown;
}

/** A Rust enum as JSON: `'Wildcard'`, or an object of one key. */
export function variantOf(value: unknown): Variant {
  if (typeof value === 'string') {
    return { tag: value, body: undefined };
  }
  for (const [tag, body] of Object.entries(treeOf(value))) {
    return { tag, body };
  }
  return { tag: '', body: undefined };
}

/**
 * The fields of a node that say something and that its reader does not know: the adapters are closed,
 * so whatever is returned here must make the result opaque.
 */
export function unreadFields(node: Tree, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(node).filter((key) => !known.has(key) && isPresent(node[key]));
}

/** `CreateSchema` -> `create schema`. */
export function camelToWords(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}
