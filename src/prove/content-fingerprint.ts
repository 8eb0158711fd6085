import { counted } from '../base/counted.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { ContentWording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import { numberCell, onlyRow, textCell } from './cells.ts';

/** What a SELECT returns as a multiset, in one row: equal content has equal fingerprints, whatever the row order. */
export interface ContentFingerprint {
  readonly rows: number;
  /** Sum over all rows of the hash of the whole row, as decimal text. */
  readonly whole: string;
  /** The same over all columns but floating-point ones. */
  readonly exact: string;
  /** Empty where it was not needed to tell columns apart. */
  readonly columns: readonly ColumnFingerprint[];
}

interface ColumnFingerprint extends MartColumn {
  readonly nonNull: number;
  readonly checksum: string;
  /** Floating-point columns only: sums that compare within a tolerance where last digits depend on the order of adding. */
  readonly float?: {
    readonly finite: number;
    readonly sum: number;
    readonly absolute: number;
    /** Each value times a weight drawn from its row's other columns: ties values to their rows. */
    readonly weighted: number;
  };
}

export interface FingerprintRequest extends CallOptions {
  readonly sql: string;
  /** What the SELECT returns; see `describeQuery`. */
  readonly columns: readonly MartColumn[];
}

/** Reads the fingerprint in one pass over the SELECT's rows. */
export async function fingerprintContent(
  session: Session,
  { sql, columns, ...options }: FingerprintRequest,
): Promise<ContentFingerprint> {
  const { content } = session.wording;
  const values = columns.map(({ type }, position) => ({ sql: `c${position}`, type }));
  const exactValues = values.filter(({ type }) => !isFloat(type));
  const measures = [
    'count(*)',
    `sum(${content.rowHash(values)})`,
    `sum(${content.rowHash(exactValues)})`,
    ...values.flatMap((value) => [
      `count(${value.sql})`,
      `sum(${content.rowHash([value])})`,
      ...(isFloat(value.type)
        ? floatMeasures(value.sql, { content, weight: content.rowWeight(exactValues) })
        : []),
    ]),
  ];
  // Named, since two that are the same text would have one name.
  const named = measures.map((measure, position) => `${measure} as m${position}`);
  const result = await session.query(
    `select ${named.join(',\n  ')}\nfrom ${contentOf(session, { sql, columns })}`,
    options,
  );
  return readFingerprint([...onlyRow(result)], columns);
}

/**
 * The fingerprints of two SELECTs that return the same columns, to be compared. Where whole rows agree, columns are not told apart: that
 * says where a difference lies and costs several times as much.
 */
export async function fingerprintBoth(
  session: Session,
  {
    both,
    keptOnRight,
    ...request
  }: Omit<FingerprintRequest, 'sql'> & {
    readonly both: readonly [string, string];
    /** The right side is what the warehouse itself keeps, and must not answer the left. */
    readonly keptOnRight?: boolean | undefined;
  },
): Promise<readonly [ContentFingerprint, ContentFingerprint]> {
  const { left, right } = sidesOf(both, keptOnRight);
  // Floating-point columns mostly differ in their last digits, and then columns are told apart anyway.
  if (!request.columns.some(({ type }) => isFloat(type))) {
    const one = await contentMark(session, { ...left, ...request });
    const two = await contentMark(session, { ...right, ...request });
    if (one.rows === two.rows && one.whole === two.whole) {
      return [wholeOnly(one), wholeOnly(two)];
    }
  }
  return [
    await fingerprintContent(session, { ...left, ...request }),
    await fingerprintContent(session, { ...right, ...request }),
  ];
}

/** How each side of a comparison is asked, where the right one is what the warehouse itself keeps of the left. */
export function sidesOf([left, right]: readonly [string, string], keptOnRight = false) {
  return keptOnRight
    ? { left: { sql: left, readsKept: false }, right: { sql: right, readsKept: true } }
    : { left: { sql: left }, right: { sql: right } };
}

function wholeOnly({
  rows,
  whole,
}: Pick<ContentFingerprint, 'rows' | 'whole'>): ContentFingerprint {
  return { rows, whole, exact: whole, columns: [] };
}

/**
 * Of that fingerprint rows and whole alone: enough to see that nobody wrote to a table, for a fraction of the work, which grows
 * with the number of columns.
 */
export async function contentMark(
  session: Session,
  { sql, columns, ...options }: FingerprintRequest,
): Promise<Pick<ContentFingerprint, 'rows' | 'whole'>> {
  const values = columns.map(({ type }, position) => ({ sql: `c${position}`, type }));
  const result = await session.query(
    `select count(*), sum(${session.wording.content.rowHash(values)})\nfrom ${contentOf(session, { sql, columns })}`,
    options,
  );
  const [rows, whole] = onlyRow(result);
  return { rows: numberCell(rows), whole: textCell(whole) ?? '0' };
}

/** The SELECT in FROM, its columns named c0, c1 and so on. */
function contentOf(
  session: Session,
  { sql, columns }: Pick<FingerprintRequest, 'sql' | 'columns'>,
): string {
  const as = columns.map((_, position) => `c${position}`);
  return session.wording.names.renamed({ sql, alias: 'content', columns, as });
}

export function isFloat(type: string): boolean {
  return /^(float|real|double)/i.test(type.trim());
}

/** How two fingerprints differ: column names and counts only, never a value. */
export interface ContentDifference {
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** Nothing differs but floating-point columns, and those by at most a relative 1e-9. */
  readonly onlyLastDigits: boolean;
}

export function contentDifference(
  left: ContentFingerprint,
  right: ContentFingerprint,
): ContentDifference | undefined {
  if (left.rows !== right.rows) {
    return {
      because: `${counted(left.rows, 'row')} on one side, ${right.rows} on the other`,
      evidence: { leftRows: left.rows, rightRows: right.rows },
      onlyLastDigits: false,
    };
  }
  if (left.whole === right.whole) {
    return undefined;
  }
  const differing = left.columns.filter(
    (column, position) => column.checksum !== right.columns[position]?.checksum,
  );
  const onlyLastDigits =
    left.exact === right.exact &&
    left.columns.every((column, position) => floatsAgree(column, right.columns[position]));
  const named = differing.map(({ name }) => name).join(', ');
  return {
    because: named === '' ? 'the columns agree one by one, but not row by row' : `${named} differ`,
    evidence: { rows: left.rows, differingColumns: named },
    onlyLastDigits,
  };
}

const TOLERANCE = 1e-9;

function floatsAgree(left: ColumnFingerprint, right: ColumnFingerprint | undefined): boolean {
  if (left.nonNull !== right?.nonNull) {
    return false;
  }
  if (left.float === undefined || right.float === undefined) {
    return left.checksum === right.checksum;
  }
  const scale = Math.max(left.float.absolute, right.float.absolute);
  const near = (a: number, b: number, factor: number) =>
    a === b || Math.abs(a - b) <= TOLERANCE * scale * factor;
  return (
    left.float.finite === right.float.finite &&
    near(left.float.sum, right.float.sum, 1) &&
    near(left.float.absolute, right.float.absolute, 1) &&
    near(left.float.weighted, right.float.weighted, 1021)
  );
}

function floatMeasures(
  alias: string,
  { content, weight }: { readonly content: ContentWording; readonly weight: string },
): readonly string[] {
  const finite = `case when ${content.isFinite(alias)} then cast(${alias} as ${content.double}) end`;
  return [
    `count(${finite})`,
    `sum(${finite})`,
    `sum(abs(${finite}))`,
    `sum(${finite} * ${weight})`,
  ];
}

function readFingerprint(
  cells: Parameters<typeof textCell>[0][],
  columns: readonly MartColumn[],
): ContentFingerprint {
  const rows = numberCell(cells.shift());
  const whole = textCell(cells.shift()) ?? '0';
  const exact = textCell(cells.shift()) ?? '0';
  return {
    rows,
    whole,
    exact,
    columns: columns.map(({ name, type }) => {
      const nonNull = numberCell(cells.shift());
      const checksum = textCell(cells.shift()) ?? '0';
      if (!isFloat(type)) {
        return { name, type, nonNull, checksum };
      }
      const [finite = 0, sum = 0, absolute = 0, weighted = 0] = cells.splice(0, 4).map(numberCell);
      return { name, type, nonNull, checksum, float: { finite, sum, absolute, weighted } };
    }),
  };
}
