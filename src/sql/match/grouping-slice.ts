import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { tellsGroupingSet } from '../normalize/functions.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import { refsIn } from '../normalize/walk.ts';
import { onOf } from './certain.ts';
import { isNotNull } from './implies.ts';
import type { MartOutput } from './mart-output.ts';
import type { TopParts } from './project-over.ts';

/** One way to tell the rows of a grouping set from others: what the mart's column says in each of the sets. */
interface Sign {
  readonly column: BoundExpr;
  readonly says: readonly string[];
  readonly conditionFor: (says: string) => BoundExpr;
}

/**
 * A mart of GROUPING SETS as several marts of one grain each, the coarsest first: those whose rows its columns tell
 * from the others', by `grouping(...)` or by a key that is never NULL but where it is not grouped by.
 */
export function slicesOf(parts: TopParts): readonly TopParts[] {
  const { martBlock, martKeys } = parts;
  const sets = martBlock.block.groupingSets;
  if (sets === undefined || martKeys === undefined || martBlock.block.having.length > 0) {
    return [];
  }
  const signs = signsOf(parts, sets);
  return sets
    .map((set, index) => ({ set, index }))
    .filter(({ set }) => set.length > 0)
    .toSorted((a, b) => a.set.length - b.set.length)
    .flatMap(({ set, index }) => {
      const conditions = conditionsFor(index, { sets, signs });
      return conditions === undefined ? [] : sliceOf(parts, { set, conditions });
    });
}

function signsOf(parts: TopParts, sets: readonly (readonly number[])[]): readonly Sign[] {
  const { martKeys, outputs, premises } = parts;
  const { nameOf } = premises.equalities;
  const names = (martKeys ?? []).map((key) => exprKey(key, nameOf));
  const isGroupedIn = (expr: BoundExpr, set: readonly number[]): boolean =>
    set.some((key) => names[key] === exprKey(expr, nameOf));
  const byCall = outputs.measures.flatMap(({ expr, column }): Sign[] => {
    const isTold =
      tellsGroupingSet(expr) &&
      expr.args.length > 0 &&
      expr.args.every((arg) => names.filter((name) => name === exprKey(arg, nameOf)).length === 1);
    return isTold
      ? [
          {
            column,
            says: sets.map((set) =>
              String(
                expr.args.reduce((bits, arg) => bits * 2 + (isGroupedIn(arg, set) ? 0 : 1), 0),
              ),
            ),
            conditionFor: (says) => ({
              kind: 'binary',
              op: '=',
              left: column,
              right: { kind: 'literal', type: 'number', text: says },
            }),
          },
        ]
      : [];
  });
  const byKey = outputs.rows.flatMap(({ expr, column }): Sign[] => {
    const isTold =
      names.filter((name) => name === exprKey(expr, nameOf)).length === 1 &&
      isNotNull(premises, expr);
    return isTold
      ? [
          {
            column,
            says: sets.map((set) => (isGroupedIn(expr, set) ? 'value' : 'null')),
            conditionFor: (says) => ({
              kind: 'is',
              operand: column,
              test: 'null',
              negated: says === 'value',
            }),
          },
        ]
      : [];
  });
  return [...byCall, ...byKey];
}

/** As few conditions as tell a set from all others; nothing where none do. */
function conditionsFor(
  index: number,
  {
    sets,
    signs,
  }: { readonly sets: readonly (readonly number[])[]; readonly signs: readonly Sign[] },
): readonly BoundExpr[] | undefined {
  let alike = sets.map((_set, at) => at).filter((at) => at !== index);
  const conditions: BoundExpr[] = [];
  for (const { says, conditionFor } of signs) {
    const own = says[index];
    const left = alike.filter((at) => says[at] === own);
    if (own !== undefined && left.length < alike.length) {
      conditions.push(conditionFor(own));
      alike = left;
    }
  }
  return alike.length === 0 ? conditions : undefined;
}

/**
 * Columns made of other keys than the set's are NULL in its rows, whatever they stand for: neither filters nor joins
 * may read them.
 */
function sliceOf(
  parts: TopParts,
  {
    set,
    conditions,
  }: { readonly set: readonly number[]; readonly conditions: readonly BoundExpr[] },
): readonly TopParts[] {
  const { martBlock, martKeys, outputs, premises, from, where, covered } = parts;
  const { nameOf } = premises.equalities;
  const keys = set.flatMap((at) => {
    const key = martKeys?.[at];
    return key === undefined ? [] : [key];
  });
  const names = new Set(keys.map((key) => exprKey(key, nameOf)));
  const isOfSet = ({ expr }: MartOutput): boolean => {
    let isOf = true;
    replaceIn(expr, (part) => {
      if (names.has(exprKey(part, nameOf))) {
        return part;
      }
      isOf &&= !(part.kind === 'ref' && covered.has(part.occ));
      return undefined;
    });
    return isOf;
  };
  const rows = outputs.rows.filter(isOfSet);
  const readable = new Set(rows.flatMap(({ column }) => refsIn(column).map((ref) => ref.column)));
  const martOccs = new Set(
    outputs.rows.flatMap(({ column }) => refsIn(column)).map(({ occ }) => occ),
  );
  const isReadable = [...where, ...onOf(from)]
    .flatMap(refsIn)
    .every((ref) => !martOccs.has(ref.occ) || readable.has(ref.column));
  if (!isReadable) {
    return [];
  }
  const { groupingSets: _sets, ...block } = martBlock.block;
  return [
    {
      ...parts,
      martBlock: { ...martBlock, block: { ...block, groupBy: keys }, groupBy: keys },
      martKeys: keys,
      outputs: {
        rows,
        measures: outputs.measures.filter(({ expr }) => !tellsGroupingSet(expr)),
      },
      where: [...where, ...conditions],
    },
  ];
}
