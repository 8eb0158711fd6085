import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { SourceState } from '../marts/mart.ts';
import { isSameMeasure, measureKey } from '../marts/same-measure.ts';
import { numberCell, onlyRow, wholeText } from './cells.ts';

export interface SourceStateRequest extends CallOptions {
  readonly relation: RelationId;
  /** The columns a mart reads; absent or none: all of them. Only states over the same list can agree. */
  readonly columns?: SourceState['columns'];
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
  return stateOf({
    relation,
    columns,
    rows: numberCell(rows),
    checksum: wholeText(checksum),
  });
}

/** A state that a relation of today is to be compared with. */
export type KnownState = Pick<SourceState, 'rows' | 'columns'>;

/**
 * The states of one relation over each list of columns that is known of it, in one pass. Where the number of rows is none of those
 * known for a list, its contents are not read: the state is another one already, and its checksum is empty.
 */
export async function measureSourceBeside(
  session: Session,
  {
    known,
    relation,
    ...options
  }: CallOptions & { readonly relation: RelationId; readonly known: readonly KnownState[] },
): Promise<readonly SourceState[]> {
  const source = session.wording.names.relation(relation);
  const counted = await session.query(`select count(*) from ${source}`, options);
  const rows = numberCell(onlyRow(counted)[0]);
  const lists = [...Map.groupBy(known, measureKey).values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : { columns: first.columns, isRead: [first, ...more].some((each) => each.rows === rows) },
  );
  const read = lists.filter(({ isRead }) => isRead);
  const others = lists
    .filter(({ isRead }) => !isRead)
    .map(({ columns }) => stateOf({ relation, columns, rows, checksum: '' }));
  if (read.length === 0) {
    return others.length > 0 ? others : [stateOf({ relation, rows, checksum: '' })];
  }
  const sums = read.map(({ columns }, at) => `sum(${hashOf(session, columns)}) as s${at}`);
  const result = await session.query(
    `select count(*), ${sums.join(', ')}\nfrom ${source} as source`,
    options,
  );
  const [now, ...checksums] = onlyRow(result);
  return [
    ...read.map(({ columns }, at) =>
      stateOf({
        relation,
        columns,
        rows: numberCell(now),
        checksum: wholeText(checksums[at]),
      }),
    ),
    ...others,
  ];
}

/** Rows and checksum as SQL text, over a relation named `source`. */
export function stateMeasures(session: Session, columns: SourceState['columns']): string {
  return `count(*), sum(${hashOf(session, columns)})`;
}

function hashOf({ wording: { content, names } }: Session, columns: SourceState['columns']): string {
  return columns === undefined || columns.length === 0
    ? content.relationHash('source')
    : content.rowHash(columns.map(({ name }) => ({ sql: names.quote(name), type: '' })));
}

function stateOf({ columns, ...state }: SourceState): SourceState {
  return columns === undefined || columns.length === 0 ? state : { ...state, columns };
}

/** Names the first relation whose content is no longer as it was, with the row counts. */
export function sourcesMoved(
  before: readonly SourceState[],
  after: readonly SourceState[],
): string | undefined {
  for (const state of before) {
    const { relation } = state;
    const now =
      after.find((each) => isSameMeasure(each, state)) ??
      after.find((each) => each.relation === relation);
    if (now === undefined) {
      return `${relation} was not measured again`;
    }
    if (now.rows !== state.rows) {
      return `${relation} had ${state.rows} rows and has ${now.rows}`;
    }
    if (!isSameMeasure(now, state)) {
      return `${relation} was measured over other columns before`;
    }
    if (now.checksum !== state.checksum) {
      return `${relation} has the same ${state.rows} rows in number, but not in content`;
    }
  }
  return undefined;
}
