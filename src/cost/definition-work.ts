/** What a definition does with each row of the relation its rows come from. */
export interface DefinitionSteps {
  /** Rows of that relation; a definition has none of the filters of the statements that ask. */
  readonly rows: number;
  /** Relations each row is joined to. */
  readonly joins: number;
  /** Columns it groups by; 0 where it does not group. */
  readonly keys: number;
  /** Columns beside these. */
  readonly values: number;
}

/**
 * Thread time, in milliseconds, of computing a definition over all rows. Statements that ask for a few of the rows say little of it: a join
 * that drops a row early spares the joins and the grouping after it.
 *
 * Measured on DuckDB 1.5, two cores, 6 million rows: 165 ns a row with four joins, four keys and three sums; 100 ns with one join, four keys and one sum.
 */
export function definitionWork({ rows, joins, keys, values }: DefinitionSteps): number {
  const ns = NS.row + joins * NS.join + keys * NS.key + values * NS.value;
  return (rows * ns) / NS_PER_MS;
}

const NS = { row: 10, join: 20, key: 15, value: 5 } as const;
const NS_PER_MS = 1e6;
