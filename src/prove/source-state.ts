import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { SourceState } from '../marts/mart.ts';
import { numberCell, onlyRow, textCell } from './cells.ts';

export interface SourceStateRequest extends CallOptions {
  readonly relation: RelationId;
  /** The columns a mart reads; absent: all of them. The same list must be used each time, or states never agree. */
  readonly columns?: readonly string[] | undefined;
  /** Only rows for which this holds; absent: all. */
  readonly where?: string | undefined;
}

/**
 * Rows and an order-free checksum of the used columns: one pass, no sort.
 */
export async function measureSourceState(
  session: Session,
  { relation, columns, where, ...options }: SourceStateRequest,
): Promise<SourceState> {
  const result = await session.query(
    `select ${stateMeasures(session, columns)}\nfrom ${session.wording.names.relation(relation)} as source${where === undefined ? '' : `\nwhere ${where}`}`,
    options,
  );
  const [rows, checksum] = onlyRow(result);
  return { relation, rows: numberCell(rows), checksum: textCell(checksum) ?? '0' };
}

/**
 * As `measureSourceState`, but where the number of rows is none of those it is to be compared with, contents are not read: the state
 * is another one already, and its checksum is empty.
 */
export async function measureSourceBeside(
  session: Session,
  { known, ...request }: Omit<SourceStateRequest, 'where'> & { readonly known: readonly number[] },
): Promise<SourceState> {
  const { relation, columns: _columns, ...options } = request;
  const counted = await session.query(
    `select count(*) from ${session.wording.names.relation(relation)}`,
    options,
  );
  const rows = numberCell(onlyRow(counted)[0]);
  return known.includes(rows)
    ? await measureSourceState(session, request)
    : { relation, rows, checksum: '' };
}

/** Rows and checksum as SQL text, over a relation named `source`. */
export function stateMeasures(
  { wording: { content, names } }: Session,
  columns: readonly string[] | undefined,
): string {
  const hash =
    columns === undefined || columns.length === 0
      ? content.relationHash('source')
      : content.rowHash(columns.toSorted().map((name) => ({ sql: names.quote(name), type: '' })));
  return `count(*), sum(${hash})`;
}

/** Names the first relation whose content is no longer as it was, with the row counts. */
export function sourcesMoved(
  before: readonly SourceState[],
  after: readonly SourceState[],
): string | undefined {
  const found = new Map(after.map((state) => [state.relation, state]));
  for (const state of before) {
    const now = found.get(state.relation);
    if (now === undefined) {
      return `${state.relation} was not measured again`;
    }
    if (now.rows !== state.rows) {
      return `${state.relation} had ${state.rows} rows and has ${now.rows}`;
    }
    if (now.checksum !== state.checksum) {
      return `${state.relation} has the same ${state.rows} rows in number, but not in content`;
    }
  }
  return undefined;
}
