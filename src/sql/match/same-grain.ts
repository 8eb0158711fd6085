import type { CertificateEntry } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import { isConstant } from '../normalize/conjuncts.ts';
import { exprKey } from '../normalize/expr-key.ts';
import type { Ref } from '../normalize/walk.ts';
import { familyOf, typeOf } from './column-types.ts';
import { factsOf } from './facts-of.ts';
import type { TopParts } from './project-over.ts';

/** Why no two rows of the mart fall into one group of the query; nothing where some may. */
export interface SameGrain {
  readonly entries: readonly CertificateEntry[];
}

/**
 * Every key of the mart is a key of the query, a constant, or settled by keys of the query: by an equality with a constant,
 * or because they hold the unique key of its table.
 */
export function sameGrain(parts: TopParts): SameGrain | undefined {
  const { query, martKeys, premises, joinsBack } = parts;
  if (joinsBack || query.block.groupingSets !== undefined) {
    return undefined;
  }
  const { nameOf } = premises.equalities;
  const asked = new Set((query.groupBy ?? []).map((expr) => exprKey(expr, nameOf)));
  const cited = new Set<string>();
  for (const key of martKeys ?? []) {
    if (asked.has(exprKey(key, nameOf)) || isConstant(key) || isPinned(key, parts)) {
      continue;
    }
    const fact = key.kind === 'ref' ? factFor(key, { asked, parts }) : undefined;
    if (fact === undefined) {
      return undefined;
    }
    cited.add(fact);
  }
  return {
    entries:
      cited.size === 0
        ? []
        : [
            {
              step: 'settled-by-keys',
              because:
                'the mart groups by more columns, but each has one value for a key the query groups by',
              facts: [...cited],
            },
          ],
  };
}

function isPinned(key: BoundExpr, { premises, dialect, scope }: TopParts): boolean {
  const { nameOf } = premises.equalities;
  const family = familyOf(typeOf(key, scope));
  const comparesByIdentity =
    ['integer', 'decimal', 'date', 'timestamp', 'boolean'].includes(family) ||
    (family === 'text' && REWRITE_RULES[dialect].textsCompareByIdentity);
  return (
    comparesByIdentity &&
    premises.conditions.some(
      (condition) =>
        condition.kind === 'binary' &&
        condition.op === '=' &&
        isConstant(condition.right) &&
        exprKey(condition.left, nameOf) === exprKey(key, nameOf),
    )
  );
}

/** Columns of a key that is never NULL tell its table's row, or, all of them NULL, that a left join found none. */
function factFor(
  { occ }: Ref,
  { asked, parts }: { readonly asked: ReadonlySet<string>; readonly parts: TopParts },
): string | undefined {
  const { scope, facts, premises } = parts;
  const source = scope.sources.get(occ);
  if (source?.kind !== 'table') {
    return undefined;
  }
  const { nameOf } = premises.equalities;
  const { uniqueKeys, notNull } = factsOf(facts, source.relation);
  const unique = uniqueKeys.find(
    ({ columns }) =>
      columns.length > 0 &&
      columns.every(
        (column) => notNull.has(column) && asked.has(exprKey({ kind: 'ref', occ, column }, nameOf)),
      ),
  );
  return unique === undefined
    ? undefined
    : `${facts.source}: ${unique.columns.join(', ')} is unique in ${unique.relation}`;
}
