import type { Ident, Path } from '../../sql/ir.ts';
import { listOf, textOf, treeOf, variantOf } from '../tree.ts';

const PLAIN = /^[a-z_][a-z0-9_$]*$/;

/** PostgreSQL has folded the names already: one that is still not lower case stood in quotes. */
export function identOf(name: string): Ident {
  return { name, quoted: !PLAIN.test(name) };
}

/** Of a list of String nodes; anything else among them is left out. */
export function readNames(nodes: unknown): readonly string[] {
  return listOf(nodes).flatMap((node) => {
    const { tag, body } = variantOf(node);
    return tag === 'String' ? [textOf(treeOf(body)['sval'])] : [];
  });
}

export function readIdents(nodes: unknown): Path {
  return readNames(nodes).map(identOf);
}

/** The name of a RangeVar. */
export function readRelation(node: unknown): Path {
  const { catalogname, schemaname, relname } = treeOf(node);
  return [catalogname, schemaname, relname].map(textOf).filter(Boolean).map(identOf);
}

export function readAlias(node: unknown): {
  readonly alias?: Ident;
  readonly columnAliases: readonly Ident[];
} {
  const { aliasname, colnames } = treeOf(node);
  const name = textOf(aliasname);
  return { ...(name !== '' && { alias: identOf(name) }), columnAliases: readIdents(colnames) };
}
