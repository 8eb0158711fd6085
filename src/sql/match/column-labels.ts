import type { Query, QueryBody } from '../ir.ts';

export interface ColumnLabels {
  /** Distinct names, one per output. */
  readonly labels: readonly string[];
  /** True when the table made from the query surely has these names by itself. */
  readonly areOwn: boolean;
}

/**
 * Names to call a materialized query's columns by. What an engine calls an output without an alias, or two of the same
 * name, is its own affair: such columns are named by a column list where the table is read.
 */
export function columnLabels(outputs: readonly string[], query: Query): ColumnLabels {
  const folded = outputs.map((name) => name.toLowerCase());
  const isOwn = outputs.map(
    (name, index) => name !== '' && folded.indexOf(name.toLowerCase()) === index,
  );
  const isUnique = new Set(folded).size === outputs.length;
  const areOwn = isUnique && isOwn.every(Boolean) && namesAll(query.body);
  const taken = new Set(folded);
  const labels = outputs.map((name, index) =>
    isOwn[index] === true && /^\w+$/.test(name) ? name : freeName(`c${index + 1}`, taken),
  );
  return { areOwn, labels: areOwn ? outputs : labels };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  return taken.has(wanted) ? freeName(`${wanted}_`, taken) : wanted;
}

/** True when every output has an alias or is a plain column. */
function namesAll(body: QueryBody): boolean {
  switch (body.kind) {
    case 'select':
      return body.items.every(
        ({ expr, alias }) => alias !== undefined || expr.kind === 'column' || expr.kind === 'star',
      );
    case 'set':
      return namesAll(body.left);
    case 'nested':
      return namesAll(body.query.body);
    case 'values':
    case 'opaque-query':
      return false;
  }
}
