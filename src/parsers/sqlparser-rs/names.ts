import type { DialectName } from '../../sql/dialect.ts';
import type { Ident, Path } from '../../sql/ir.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';

export function readIdent(node: unknown): Ident {
  const { value, quote_style: quote } = treeOf(node);
  return { name: textOf(value), quoted: isPresent(quote) };
}

/** Parts of a name; BigQuery's `` `project.dataset.table` `` is one quoted word and becomes three. */
export function readIdents(nodes: unknown, dialect: DialectName): Path {
  return listOf(nodes).flatMap((node) => splitQuoted(readIdent(node), dialect));
}

/** An object name, or undefined where a part is computed, as in `IDENTIFIER('a' || 'b')`. */
export function readObjectName(node: unknown, dialect: DialectName): Path | undefined {
  const parts: Ident[] = [];
  for (const part of listOf(node)) {
    const { tag, body } = variantOf(part);
    if (tag !== 'Identifier') {
      return undefined;
    }
    parts.push(...splitQuoted(readIdent(body), dialect));
  }
  return parts.length === 0 ? undefined : parts;
}

function splitQuoted(part: Ident, dialect: DialectName): readonly Ident[] {
  if (dialect !== 'bigquery' || !part.quoted || !part.name.includes('.')) {
    return [part];
  }
  return part.name.split('.').map((name) => ({ name, quoted: true }));
}
