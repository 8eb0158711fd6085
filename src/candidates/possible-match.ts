import type { RelationId } from '../base/relation.ts';
import { uncertainty } from '../sql/match/certain.ts';
import type { ColumnTypes } from '../sql/match/column-types.ts';
import { tablesOf } from '../sql/match/mart-index.ts';
import type { MartView } from '../sql/match/match.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { Candidate } from './candidate.ts';
import type { Reading } from './enumeration.ts';
import { starBlocksOf } from './star-block.ts';

/**
 * A cheap necessary condition, so that the matcher is asked for few pairs only: some block reads relations of the mart
 * alone, and no column it does not hold (a join's columns count as held). Marts that are no stars are always asked.
 */
export function possibleMatch({ query, definition }: Candidate): (reading: Reading) => boolean {
  const sources = new Set(definition.sources);
  const held = heldBy(query);
  if (held === undefined) {
    return ({ demand }) =>
      demand.template.shape.relations.some(({ relation }) => sources.has(relation));
  }
  return ({ blocks }) =>
    blocks.some(
      ({ relations, reads }) =>
        relations.every((id) => sources.has(id)) && [...reads].every((column) => held.has(column)),
    );
}

/** Columns a star holds, as `relation.column`; the same for the same definition in all passes of a cycle. */
function heldBy(query: NormalQuery): ReadonlySet<string> | undefined {
  const known = HELD.get(query);
  if (known !== undefined) {
    return known.columns;
  }
  const [star] = query.body.kind === 'block' ? starBlocksOf(query) : [];
  const joined = star?.edges.flatMap(({ left, right, pairs }) =>
    pairs.flatMap((pair) => [`${left}.${pair.left}`, `${right}.${pair.right}`]),
  );
  const columns = star && new Set([...star.reads, ...(joined ?? [])]);
  HELD.set(query, { columns });
  return columns;
}

const HELD = new WeakMap<NormalQuery, { readonly columns: ReadonlySet<string> | undefined }>();

/**
 * What no rewrite over one mart alone gets around, told before any is looked for: such a mart is not of the moment of other tables, so all
 * that a statement reads must be read from it; and a limit that cuts ties has no one answer unless the mart's keys settle its order.
 */
export function mayBeAnsweredBy(
  { facts }: MartView,
  mart: { readonly tables: ReadonlySet<RelationId>; readonly types: ColumnTypes },
): (query: NormalQuery) => boolean {
  return (query) => {
    const { tables, uncertain } = askedOf(query);
    return (
      [...tables].every((table) => mart.tables.has(table)) &&
      (uncertain === undefined ||
        (uncertain.code === 'LIMIT_NOT_UNIQUE' &&
          uncertainty(query, { facts, types: mart.types }) === undefined))
    );
  };
}

interface Asked {
  readonly tables: ReadonlySet<RelationId>;
  readonly uncertain: ReturnType<typeof uncertainty>;
}

/** The same for the same query from cycle to cycle. */
function askedOf(query: NormalQuery): Asked {
  const known = ASKED.get(query);
  if (known !== undefined) {
    return known;
  }
  const asked = { tables: tablesOf(query), uncertain: uncertainty(query) };
  ASKED.set(query, asked);
  return asked;
}

const ASKED = new WeakMap<NormalQuery, Asked>();
