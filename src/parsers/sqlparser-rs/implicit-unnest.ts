import type { DialectName } from '../../sql/dialect.ts';
import type { FromItem } from '../../sql/ir.ts';
import { column } from '../make-expr.ts';

/** Where `FROM t, t.items` unnests the array column of a row before it. */
const DIALECTS: ReadonlySet<DialectName> = new Set(['bigquery', 'redshift']);

/** Turns FROM items that are columns of earlier ones into `unnest(column)`. */
export function unnestNamedArrays(
  items: readonly FromItem[],
  dialect: DialectName,
): readonly FromItem[] {
  if (!DIALECTS.has(dialect)) {
    return items;
  }
  const known = new Set<string>();
  return items.map((item) => unnestIn(item, known));
}

function unnestIn(item: FromItem, known: Set<string>): FromItem {
  switch (item.kind) {
    case 'join': {
      const left = unnestIn(item.left, known);
      return { ...item, left, right: unnestIn(item.right, known) };
    }
    case 'table': {
      const [first, ...rest] = item.path;
      const isArray = first && rest.length > 0 && known.has(first.name.toLowerCase());
      const name = item.alias ?? item.path.at(-1);
      if (name) {
        known.add(name.name.toLowerCase());
      }
      if (!isArray || item.modifiers.length > 0) {
        return item;
      }
      const { alias, columnAliases } = item;
      const args = [column(item.path)];
      return { kind: 'function', name: 'unnest', args, ...(alias && { alias }), columnAliases };
    }
    case 'derived':
    case 'function':
    case 'pivot':
    case 'opaque-from': {
      if (item.alias) {
        known.add(item.alias.name.toLowerCase());
      }
      return item;
    }
  }
}
