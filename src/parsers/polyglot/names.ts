import type { DialectName } from '../../sql/dialect.ts';
import type { Ident, Path } from '../../sql/ir.ts';
import { isPresent, textOf, treeOf } from '../tree.ts';

export function readIdent(node: unknown): Ident {
  const { name, quoted } = treeOf(node);
  return { name: textOf(name), quoted: quoted === true };
}

export function readPath(parts: readonly unknown[], dialect: DialectName): Path {
  return parts.filter(isPresent).flatMap((part) => {
    const name = readIdent(part);
    return dialect === 'bigquery' && name.name.includes('.')
      ? name.name.split('.').map((piece) => ({ name: piece, quoted: name.quoted }))
      : [name];
  });
}
