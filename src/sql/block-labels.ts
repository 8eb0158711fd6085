import type { BoundExpr, BoundQuery } from './bound.ts';
import { exprKey, type NameRef } from './normalize/expr-key.ts';
import { type Leaf, occurrencesOf } from './resolve/occurrences.ts';

/** What the sources of a statement are called in its facts: one name for each, the same for the same text. */
export interface BlockLabels {
  readonly ofSource: (occ: number) => string;
  readonly nameOf: NameRef;
  /** An expression's canonical text over these names; of columns and literals the plain one. */
  readonly keyOf: (expr: BoundExpr) => string;
}

/** `orders`, and `orders#2` for the second time it is read; derived tables by their alias or kind. */
export function labelsOf(query: BoundQuery): BlockLabels {
  const names = new Map<number, string>();
  const counts = new Map<string, number>();
  const { leaves } = occurrencesOf(query);
  for (const leaf of leaves.toSorted((a, b) => a.occ - b.occ)) {
    const name = nameOfLeaf(leaf);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.set(leaf.occ, count === 1 ? name : `${name}#${count}`);
  }
  const ofSource = (occ: number) => names.get(occ) ?? 'outputs';
  const nameOf: NameRef = ({ occ, column }) => `${ofSource(occ)}.${column}`;
  return { ofSource, nameOf, keyOf: (expr) => plainText(expr, nameOf) ?? exprKey(expr, nameOf) };
}

/** Columns, literals and parameters as people write them. */
function plainText(expr: BoundExpr, nameOf: NameRef): string | undefined {
  if (expr.kind === 'ref') {
    return nameOf(expr);
  }
  if (expr.kind === 'literal') {
    return expr.text;
  }
  return expr.kind === 'parameter' ? expr.name : undefined;
}

function nameOfLeaf(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'table':
      return leaf.relation;
    case 'derived':
      return leaf.name ?? 'derived';
    case 'recursive':
    case 'function':
      return leaf.name;
    case 'opaque-from':
      return leaf.because;
  }
}
