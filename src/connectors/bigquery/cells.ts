import type { Cell, QueryResult } from '../connector.ts';

/** A column as the service's schema tells it. */
export interface SchemaField {
  readonly name?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly precision?: string;
  readonly scale?: string;
  readonly fields?: readonly SchemaField[];
}

/** A value on the wire: text, an array of `{v}`, or a struct `{f: [{v}]}`. */
type Wire = string | null | readonly { readonly v: Wire }[] | WireRow;

export interface WireRow {
  readonly f: readonly { readonly v: Wire }[];
}

/** GoogleSQL's names of the types that the service calls by older ones. */
const NAMES: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
};

export function columnsOf(fields: readonly SchemaField[]): QueryResult['columns'] {
  return fields.map((field) => ({ name: field.name ?? '', type: typeOf(field) }));
}

/** Rows as cells: integers and decimals lose no digit, times are ISO text, those with a zone in UTC with `Z`. */
export function cellsOf(
  rows: readonly WireRow[],
  fields: readonly SchemaField[],
): readonly (readonly Cell[])[] {
  return rows.map(({ f }) => f.map(({ v }, at) => cellOf(v, fields[at] ?? {})));
}

function typeOf(field: SchemaField): string {
  if (field.mode === 'REPEATED') {
    return `ARRAY<${typeOf({ ...field, mode: 'NULLABLE' })}>`;
  }
  const { type = 'STRING', fields = [], precision, scale } = field;
  if (type === 'RECORD' || type === 'STRUCT') {
    return `STRUCT<${fields.map((one) => `${one.name ?? ''} ${typeOf(one)}`).join(', ')}>`;
  }
  const named = NAMES[type] ?? type;
  return precision === undefined
    ? named
    : `${named}(${precision}${scale === undefined ? '' : `, ${scale}`})`;
}

function cellOf(value: Wire, field: SchemaField): Cell {
  if (value === null) {
    return null;
  }
  if (isList(value)) {
    const item = { ...field, mode: 'NULLABLE' };
    return value.map(({ v }) => cellOf(v, item));
  }
  if (typeof value !== 'string') {
    const { fields = [] } = field;
    return Object.fromEntries(
      value.f.map(({ v }, at) => [fields[at]?.name ?? String(at), cellOf(v, fields[at] ?? {})]),
    );
  }
  const { type = 'STRING' } = field;
  if (type === 'BOOLEAN' || type === 'BOOL') {
    return value === 'true';
  }
  if (type === 'FLOAT' || type === 'FLOAT64') {
    return Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return type === 'TIMESTAMP' ? momentOf(value) : value;
}

function isList(value: Exclude<Wire, null>): value is readonly { readonly v: Wire }[] {
  return Array.isArray(value);
}

/** Microseconds since 1970 as ISO text; a fraction only where there is one. */
function momentOf(micros: string): string {
  if (!/^-?\d+$/.test(micros)) {
    return micros;
  }
  const all = BigInt(micros);
  const millis = all / 1000n - (all % 1000n < 0n ? 1n : 0n);
  const iso = new Date(Number(millis)).toISOString();
  const rest = (((all % 1000n) + 1000n) % 1000n).toString().padStart(3, '0');
  const fraction = `${iso.slice(-4, -1)}${rest}`.replace(/0+$/, '');
  return `${iso.slice(0, -5)}${fraction === '' ? '' : `.${fraction}`}Z`;
}
