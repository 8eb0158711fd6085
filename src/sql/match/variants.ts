import type { Facts } from '../../marts/facts.ts';
import type { ColumnTypes } from './column-types.ts';
import { notNullColumns } from './extras.ts';
import { satelliteFindsRows } from './keeps-rows.ts';
import { keptFor } from './kept.ts';
import type { PreparedBlock } from './prepared.ts';
import { turnQueries } from './turn-queries.ts';

/**
 * The mart's and the query's block as they are, and, where facts make some left joins inner ones (no orphans, no
 * NULL), with those turned: then an inner join in one meets a left join in the other. Last with queries inside
 * conditions turned to joins, so that they meet the joins of the other.
 */
export function variantsOf(
  mart: PreparedBlock,
  {
    query,
    facts,
    types,
  }: { readonly query: PreparedBlock; readonly facts: Facts; readonly types: ColumnTypes },
): readonly (readonly [PreparedBlock, PreparedBlock])[] {
  const turned = turnedFor(types, facts);
  const [turnedMart, joinedMart] = turned(mart);
  const [turnedQuery, joinedQuery] = turned(query);
  const forms = [
    [turnedMart, turnedQuery],
    [mart, query],
    [turnedMart, joinedQuery],
    [joinedMart, joinedQuery],
  ] as const;
  return forms.filter(
    ([own, asked], index) =>
      !forms.slice(0, index).some((before) => before[0] === own && before[1] === asked),
  );
}

/** Both forms of a block: with left joins turned, and with queries in conditions turned too. */
type Turned = readonly [PreparedBlock, PreparedBlock];

const turnedFor = keptFor((types: ColumnTypes, facts: Facts) => {
  const known = new WeakMap<PreparedBlock, Turned>();
  return (block: PreparedBlock): Turned => {
    const before = known.get(block);
    if (before !== undefined) {
      return before;
    }
    const turned = turnLossless(block, { facts, types });
    const both: Turned = [turned, turnQueries(turned, { facts, types })];
    known.set(block, both);
    return both;
  };
});

function turnLossless(
  block: PreparedBlock,
  { facts, types }: { readonly facts: Facts; readonly types: ColumnTypes },
): PreparedBlock {
  const { leaves, satellites } = block.cluster;
  const notNull = new Set(notNullColumns(block.cluster, facts));
  const scope = { types, sources: block.sources };
  const turned = satellites.find(
    (satellite) => satelliteFindsRows(satellite, { facts, scope, notNull }) !== undefined,
  );
  const cited =
    turned === undefined ? undefined : satelliteFindsRows(turned, { facts, scope, notNull });
  if (turned === undefined || cited === undefined) {
    return block;
  }
  return turnLossless(
    {
      ...block,
      turned: [
        ...block.turned,
        {
          step: 'left-join-is-inner',
          because: 'each row of the left join finds a row',
          facts: cited,
        },
      ],
      block: { ...block.block, where: [...block.block.where, ...turned.on] },
      cluster: {
        leaves: [...leaves, ...turned.right.leaves],
        satellites: satellites.filter((satellite) => satellite !== turned),
      },
    },
    { facts, types },
  );
}
