import { createRequire } from 'node:module';
import { cellText } from '../../src/connectors/cell-text.ts';
import type { Cell } from '../../src/connectors/connector.ts';

const ofSdk = createRequire(createRequire(import.meta.url).resolve('@databricks/sql'));
const arrow = ofSdk('apache-arrow') as ArrowLibrary;

/** The part of Apache Arrow's library used here, the one the driver brings; it tells Node no types of its own. */
interface ArrowLibrary
  extends Record<
    | 'Bool'
    | 'Int8'
    | 'Int16'
    | 'Int32'
    | 'Int64'
    | 'Float32'
    | 'Float64'
    | 'Utf8'
    | 'Binary'
    | 'DateDay',
    new () => ArrowType
  > {
  readonly Field: new (name: string, type: ArrowType, nullable: boolean) => object;
  readonly Schema: new (fields: readonly object[]) => ArrowSchema;
  readonly Struct: new (fields: readonly object[]) => ArrowType;
  readonly RecordBatch: new (schema: ArrowSchema, data: object) => object;
  readonly RecordBatchStreamWriter: new () => {
    reset(sink: undefined, schema: ArrowSchema): void;
    write(batch: object): void;
    finish(): void;
    toUint8Array(sync: true): Uint8Array;
  };
  vectorFromArray(
    values: readonly unknown[],
    type: ArrowType,
  ): { readonly data: readonly object[] };
  makeData(parts: object): object;
}

interface ArrowType {
  readonly typeId: number;
}

interface ArrowSchema {
  readonly fields: readonly object[];
}

/** A column as the server describes it: DuckDB's name of its type. */
export interface ResultColumn {
  readonly name: string;
  readonly duckdbType: string;
}

/** Numbers the protocol names types by. */
export const TYPE = {
  boolean: 0,
  tinyint: 1,
  smallint: 2,
  int: 3,
  bigint: 4,
  float: 5,
  double: 6,
  string: 7,
  timestamp: 8,
  binary: 9,
  array: 10,
  map: 11,
  struct: 12,
  decimal: 15,
  date: 17,
} as const;

const BY_NAME: readonly (readonly [RegExp, number])[] = [
  [/\[\]$/, TYPE.array],
  [/^STRUCT/, TYPE.struct],
  [/^MAP/, TYPE.map],
  [/^BOOLEAN/, TYPE.boolean],
  [/^U?TINYINT/, TYPE.tinyint],
  [/^U?SMALLINT/, TYPE.smallint],
  [/^U?INTEGER/, TYPE.int],
  [/^(UBIGINT|U?HUGEINT|BIGINT)/, TYPE.bigint],
  [/^FLOAT/, TYPE.float],
  [/^DOUBLE/, TYPE.double],
  [/^TIMESTAMP/, TYPE.timestamp],
  [/^BLOB/, TYPE.binary],
  [/^DECIMAL/, TYPE.decimal],
  [/^DATE/, TYPE.date],
];

export function typeNumber({ duckdbType }: ResultColumn): number {
  return BY_NAME.find(([name]) => name.test(duckdbType))?.[1] ?? TYPE.string;
}

/** The schema as Thrift tells it. */
export function thriftSchema(columns: readonly ResultColumn[]) {
  return {
    columns: columns.map((column, at) => {
      const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)/.exec(column.duckdbType) ?? [];
      const qualifiers = {
        precision: { i32Value: Number(precision) },
        scale: { i32Value: Number(scale) },
      };
      const type = typeNumber(column);
      const typeQualifiers = precision === undefined ? undefined : { qualifiers };
      return {
        columnName: column.name,
        position: at + 1,
        typeDesc: { types: [{ primitiveEntry: { type, typeQualifiers } }] },
      };
    }),
  };
}

function arrowType(type: number): ArrowType {
  switch (type) {
    case TYPE.boolean:
      return new arrow.Bool();
    case TYPE.tinyint:
      return new arrow.Int8();
    case TYPE.smallint:
      return new arrow.Int16();
    case TYPE.int:
      return new arrow.Int32();
    case TYPE.bigint:
      return new arrow.Int64();
    case TYPE.float:
      return new arrow.Float32();
    case TYPE.double:
      return new arrow.Float64();
    case TYPE.binary:
      return new arrow.Binary();
    case TYPE.date:
      return new arrow.DateDay();
    default:
      return new arrow.Utf8();
  }
}

/** The message that describes columns, without the mark of the stream's end. Without native types for times, decimals and nested values, as a client asks for them:
 * these come as text. */
export function arrowSchema(columns: readonly ResultColumn[]): Buffer {
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schemaOf(columns));
  writer.finish();
  const whole = Buffer.from(writer.toUint8Array(true));
  return whole.subarray(0, messageLength(whole));
}

function schemaOf(columns: readonly ResultColumn[]): ArrowSchema {
  return new arrow.Schema(
    columns.map((column) => new arrow.Field(column.name, arrowType(typeNumber(column)), true)),
  );
}

/** One batch of rows as an Arrow message, its schema cut off: the client puts its own in front. */
export function arrowBatch(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Cell[])[],
): Buffer {
  const schema = schemaOf(columns);
  const children = columns.map((column, at) => {
    const values = rows.map((row) => arrowValue(row[at], typeNumber(column)));
    return arrow.vectorFromArray(values, arrowType(typeNumber(column))).data[0];
  });
  const data = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: rows.length,
    nullCount: 0,
    children,
  });
  const batch = new arrow.RecordBatch(schema, data);
  const writer = new arrow.RecordBatchStreamWriter();
  writer.write(batch);
  writer.finish();
  const whole = Buffer.from(writer.toUint8Array(true));
  return whole.subarray(messageLength(whole));
}

/** A message begins with its marker and the length of its head; the schema has no body. */
function messageLength(bytes: Buffer): number {
  return 8 + bytes.readInt32LE(4);
}

function arrowValue(value: Cell | undefined, type: number): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  switch (type) {
    case TYPE.bigint:
      return BigInt.asIntN(64, BigInt(cellText(value)));
    case TYPE.date:
      return new Date(`${cellText(value)}T00:00:00Z`);
    case TYPE.timestamp:
      return cellText(value).replace('T', ' ').replace(/Z$/, '');
    case TYPE.float:
    case TYPE.double:
      return Number(value);
    case TYPE.binary:
      return Buffer.from(cellText(value));
    default:
      return typeof value === 'object' ? JSON.stringify(value) : value;
  }
}
