import type { NormalQuery } from '../normal-query.ts';
import type { ColumnTypes } from './column-types.ts';
import { sourcesOfTree, typeOf } from './column-types.ts';
import { tablesOf } from './mart-index.ts';
import { matchBlock } from './match-block.ts';
import type { PreparedMart } from './prepared.ts';
import { prepareBlock } from './prepared.ts';
import type { Rewriting } from './rewriting.ts';
import { withBlock } from './with-block.ts';

/** So many marts are joined to each other at most. */
const MOST_JOINED = 3;

/**
 * A block that reads a mart joined to base tables, with those of them that other marts hold read from those: each mart
 * stands for tables the others do not.
 */
export function answerMore(
  query: NormalQuery,
  {
    rewriting,
    joined,
  }: { readonly rewriting: Rewriting; readonly joined: readonly PreparedMart[] },
): NormalQuery {
  const { body } = query;
  if (body.kind !== 'block' || body.block.barriers.length > 0 || joined.length >= MOST_JOINED) {
    return query;
  }
  const prepared = prepareBlock(body.block);
  const orderBy = query.orderBy.map((item) => item.expr);
  const { index, dialect, nextOcc } = rewriting;
  const { marts } = index.shortlist(prepared, { tables: tablesOf(query), orderBy });
  const others = marts.filter((mart) => mart.view.sameSnapshot === true && !joined.includes(mart));
  const types = others.length === 0 ? index.types : withTypesOf(joined, index.types);
  for (const mart of others) {
    const outcome = matchBlock({
      query: prepared,
      orderBy,
      mart,
      isFarFetched: false,
      types,
      dialect,
      mayApproximate: false,
      nextOcc,
    });
    if (outcome.kind === 'hit') {
      rewriting.used.add(mart);
      rewriting.entries.push(...outcome.entries);
      return answerMore(withBlock(query, outcome), { rewriting, joined: [...joined, mart] });
    }
  }
  return query;
}

/** What is known of the columns of marts that are sources themselves now. */
function withTypesOf(marts: readonly PreparedMart[], types: ColumnTypes): ColumnTypes {
  const own = marts.flatMap(({ view }) => {
    const { body } = view.query;
    if (body.kind !== 'block') {
      return [];
    }
    const { block } = body;
    const scope = { types, sources: sourcesOfTree(block.from) };
    const columns = view.columns.map(({ name }, index): readonly [string, string] => {
      const item = block.items[index];
      return [name, (item === undefined ? undefined : typeOf(item.expr, scope)) ?? ''];
    });
    return [[view.relation, new Map(columns)] as const];
  });
  return new Map([...types, ...own]);
}
