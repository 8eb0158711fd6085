import type { Facts } from '../../marts/facts.ts';
import type { ColumnTypes } from './column-types.ts';
import { notNullColumns } from './extras.ts';
import { satelliteFindsRows } from './keeps-rows.ts';
import type { PreparedBlock } from './prepared.ts';

/**
 * The mart's and the query's block as they are, and, where facts make some left joins inner ones (no orphans, no
 * NULL), with those turned: then an inner join in one meets a left join in the other.
 */
export function variantsOf(
  mart: PreparedBlock,
  {
    query,
    facts,
    types,
  }: { readonly query: PreparedBlock; readonly facts: Facts; readonly types: ColumnTypes },
): readonly (readonly [PreparedBlock, PreparedBlock])[] {
  const turnedMart = turnLossless(mart, { facts, types });
  const turnedQuery = turnLossless(query, { facts, types });
  const isSame = turnedMart === mart && turnedQuery === query;
  return isSame
    ? [[mart, query]]
    : [
        [turnedMart, turnedQuery],
        [mart, query],
      ];
}

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
      turned: [...block.turned, ...cited],
      block: { ...block.block, where: [...block.block.where, ...turned.on] },
      cluster: {
        leaves: [...leaves, ...turned.right.leaves],
        satellites: satellites.filter((satellite) => satellite !== turned),
      },
    },
    { facts, types },
  );
}
