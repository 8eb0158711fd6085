import type { BoundExpr } from '../bound.ts';
import type { NormalQuery } from '../normal-query.ts';
import { matchBlock } from './match-block.ts';
import type { PreparedBlock, PreparedMart } from './prepared.ts';
import { prepareBlock } from './prepared.ts';
import type { Rewriting } from './rewriting.ts';
import { unionWithBase } from './union-with-base.ts';

/** A mart over the block's sources, and the conditions by which it holds only some of the rows. */
export interface Partial {
  readonly mart: PreparedMart;
  readonly lacking: readonly BoundExpr[];
}

export interface UnionParts {
  readonly prepared: PreparedBlock;
  readonly partial: readonly Partial[];
  readonly rewriting: Rewriting;
  readonly mayApproximate: boolean;
  /** Rewrites what the mart leaves over. */
  readonly rest: (query: NormalQuery, rewriting: Rewriting) => NormalQuery;
}

/** Rows of so many marts are put together at most. */
const MOST_UNITED = 4;

/** A block from the first mart that holds some of its rows, and for the others whatever answers them. */
export function answerByUnion(
  query: NormalQuery,
  { prepared, partial, rewriting, mayApproximate, rest }: UnionParts,
): NormalQuery | undefined {
  const united = rewriting.united ?? [];
  const { index, dialect, nextOcc } = rewriting;
  const open = partial.filter(
    ({ mart, lacking }) =>
      lacking.length > 0 && mart.view.sameSnapshot === true && !united.includes(mart),
  );
  for (const { mart, lacking } of united.length < MOST_UNITED ? open : []) {
    const aside: Rewriting = {
      ...rewriting,
      used: new Set(),
      entries: [],
      united: [...united, mart],
    };
    const answer = unionWithBase({
      query,
      prepared,
      mart,
      lacking,
      types: index.types,
      dialect,
      mayApproximate,
      nextOcc,
      inside: (block) => {
        const outcome = matchBlock({
          query: prepareBlock(block),
          orderBy: [],
          mart,
          isFarFetched: false,
          types: index.types,
          dialect,
          mayApproximate: false,
          nextOcc,
        });
        return outcome.kind === 'hit' ? outcome : undefined;
      },
      outside: (left) => {
        const answered = rest(left, aside);
        if ([...aside.used].every(({ view }) => view.sameSnapshot === true)) {
          return answered;
        }
        aside.used.clear();
        aside.entries.length = 0;
        return left;
      },
    });
    if (answer !== undefined) {
      for (const other of [mart, ...aside.used]) {
        rewriting.used.add(other);
      }
      rewriting.entries.push(...answer.entries, ...aside.entries);
      return answer.query;
    }
  }
  return undefined;
}
