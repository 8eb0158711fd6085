import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import { numberCell, onlyRow } from './cells.ts';

export interface MeasureColumnsRequest extends CallOptions {
  readonly relation: RelationId;
  readonly columns: readonly string[];
}

export interface ColumnMeasure {
  readonly column: string;
  /** Approximate number of distinct non-null values, a few percent off. */
  readonly distinct: number;
}

/** Rows and approximate distinct counts, one pass over the relation. */
export async function measureColumns(
  session: Session,
  { relation, columns, ...options }: MeasureColumnsRequest,
): Promise<{ readonly rows: number; readonly columns: readonly ColumnMeasure[] }> {
  const { content, names } = session.wording;
  const measures = ['count(*)', ...columns.map((name) => content.distinctCount(names.quote(name)))];
  const result = await session.query(
    `select ${measures.join(', ')}\nfrom ${names.relation(relation)}`,
    options,
  );
  const [rows, ...distinct] = onlyRow(result).map(numberCell);
  return {
    rows: rows ?? 0,
    columns: columns.map((column, position) => ({ column, distinct: distinct[position] ?? 0 })),
  };
}
