import type { BoundExpr } from '../bound.ts';
import type { Expr, Path } from '../ir.ts';
import { nameOf } from './name-places.ts';

export type Ref = Extract<BoundExpr, { readonly kind: 'ref' }>;

const HOLDS_QUERY: ReadonlySet<unknown> = new Set(['exists', 'subquery', 'in-query']);

/**
 * Which ref each name of an expression as written has to stand for, that it is this resolved one; undefined where nothing
 * makes it so. Expressions with a query inside are never compared.
 */
export function alignedWith(written: Expr, meant: BoundExpr): ReadonlyMap<string, Ref> | undefined {
  const refs = new Map<string, Ref>();
  return isAligned(written, meant, refs) ? refs : undefined;
}

function isAligned(written: unknown, meant: unknown, refs: Map<string, Ref>): boolean {
  if (!isNode(written) || !isNode(meant)) {
    return written === meant;
  }
  if (Array.isArray(written) || Array.isArray(meant)) {
    return (
      Array.isArray(written) &&
      Array.isArray(meant) &&
      written.length === meant.length &&
      written.every((part, index) => isAligned(part, meant[index], refs))
    );
  }
  if (written['kind'] === 'column') {
    return (
      meant['kind'] === 'ref' && standsFor(written['path'] as Path, meant as unknown as Ref, refs)
    );
  }
  if (HOLDS_QUERY.has(written['kind'])) {
    return false;
  }
  const keys = new Set([...Object.keys(written), ...Object.keys(meant)]);
  return [...keys].every((key) => isAligned(written[key], meant[key], refs));
}

/** One name means one column: there is no query inside that could give it another. */
function standsFor(path: Path, ref: Ref, refs: Map<string, Ref>): boolean {
  const name = nameOf(path);
  const known = refs.get(name);
  refs.set(name, ref);
  return known === undefined || (known.occ === ref.occ && known.column === ref.column);
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
