import type { RelationId } from '../base/relation.ts';
import { uncertainty } from '../sql/match/certain.ts';
import { tablesOf } from '../sql/match/mart-index.ts';
import type { OrderScope } from '../sql/match/totally-ordered.ts';
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
      ({ relations, reads }) => relations.every((id) => sources.has(id)) && isWithin(reads, held),
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

/** All that a statement reads must be read from a mart that is not of the moment of other tables. */
export function readsOnly(query: NormalQuery, tables: ReadonlySet<RelationId>): boolean {
  return isWithin(askedOf(query).tables, tables);
}

/** Whether a statement has one answer at all: a limit that cuts ties has none unless the mart's keys settle its order. */
export function hasOneAnswer(query: NormalQuery, scope: OrderScope): boolean {
  const { uncertain } = askedOf(query);
  return (
    uncertain === undefined ||
    (uncertain.code === 'LIMIT_NOT_UNIQUE' && uncertainty(query, scope) === undefined)
  );
}

function isWithin<Item>(part: ReadonlySet<Item>, whole: ReadonlySet<Item>): boolean {
  for (const item of part) {
    if (!whole.has(item)) {
      return false;
    }
  }
  return true;
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
