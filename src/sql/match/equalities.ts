import type { BoundExpr } from '../bound.ts';
import type { NameRef } from '../normalize/expr-key.ts';
import { plainName } from '../normalize/expr-key.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, isOfAnyScale, typeOf } from './column-types.ts';

/** Columns that hold one value on every row where certain conditions are true. */
export interface Equalities {
  /** Names a column by its class: equal names, equal values. */
  readonly nameOf: NameRef;
}

/**
 * The classes that `a = b` conjuncts make, and `a is not distinct from b`: both may be NULL then. Only columns of one and the same known type, compared by identity,
 * join a class: floats (-0.0), decimals of any scale (1.0 and 1.00), padded and collated texts do not.
 */
export function equalitiesOf(conditions: readonly BoundExpr[], scope: TypeScope): Equalities {
  const parents = new Map<string, string>();
  function rootOf(name: string): string {
    const parent = parents.get(name);
    return parent === undefined ? name : rootOf(parent);
  }
  for (const condition of conditions) {
    if (
      condition.kind !== 'binary' ||
      (condition.op !== '=' && condition.op !== 'is not distinct from') ||
      condition.left.kind !== 'ref' ||
      condition.right.kind !== 'ref' ||
      !comparesByIdentity(typeOf(condition.left, scope), typeOf(condition.right, scope))
    ) {
      continue;
    }
    const roots = [
      rootOf(plainName(condition.left)),
      rootOf(plainName(condition.right)),
    ].toSorted();
    const [low = '', high = ''] = roots;
    if (low !== high) {
      parents.set(high, low);
    }
  }
  return { nameOf: (ref) => rootOf(plainName(ref)) };
}

/** True for types whose equal values are the same value. */
export function comparesByIdentity(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || left !== right || isOfAnyScale(left)) {
    return false;
  }
  return ['integer', 'decimal', 'date', 'timestamp', 'text', 'boolean'].includes(familyOf(left));
}
