import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import { REWRITE_RULES } from '../dialects/rewriting.ts';
import type { JoinTree, NormalQuery } from '../normal-query.ts';
import type { SchemaSnapshot } from '../schema.ts';

/** How values of a type compare: all the matcher needs to know of it. */
export type TypeFamily =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'text'
  | 'boolean'
  | 'other'
  | 'unknown';

/** The type text of each column, lower case, by relation; empty texts are unknown. */
export type ColumnTypes = ReadonlyMap<RelationId, ReadonlyMap<string, string>>;

/**
 * Texts of a dialect that compares them without case carry a collation, declared or not; decimals whose values keep a scale of
 * their own say so.
 */
export function columnTypesOf(schema: SchemaSnapshot, dialect: DialectName): ColumnTypes {
  const { textsCompareByIdentity, decimalsKeepTheirScale } = REWRITE_RULES[dialect];
  const typed = (type: string): string => {
    if (decimalsKeepTheirScale === true && /^(decimal|numeric|dec)$/.test(type)) {
      return `${type}${ANY_SCALE}`;
    }
    return textsCompareByIdentity || familyOf(type) !== 'text' ? type : `${type} collate default`;
  };
  return new Map(
    schema.relations.map((relation) => [
      relation.id,
      new Map(
        relation.columns.map((column) => [column.name, typed(column.type.toLowerCase().trim())]),
      ),
    ]),
  );
}

/** What an occurrence is: a relation, or a query whose outputs are its columns. */
export type Source =
  | { readonly kind: 'table'; readonly relation: RelationId }
  | { readonly kind: 'query'; readonly query: NormalQuery };

export type Sources = ReadonlyMap<number, Source>;

/** All occurrences of a tree, with what they are. */
export function sourcesOfTree(tree: JoinTree): Sources {
  switch (tree.kind) {
    case 'none':
      return new Map();
    case 'table':
      return new Map([[tree.occ, { kind: 'table', relation: tree.relation }]]);
    case 'query':
      return new Map([[tree.occ, { kind: 'query', query: tree.query }]]);
    case 'inner':
      return new Map(tree.members.flatMap((member) => [...sourcesOfTree(member)]));
    case 'outer':
      return new Map([...sourcesOfTree(tree.left), ...sourcesOfTree(tree.right)]);
  }
}

export interface TypeScope {
  readonly types: ColumnTypes;
  readonly sources: Sources;
}

/** The type of an expression as lower-case text, or nothing where it is not surely known. */
export function typeOf(expr: BoundExpr, scope: TypeScope): string | undefined {
  switch (expr.kind) {
    case 'ref':
      return typeOfRef(expr, scope);
    case 'cast':
      return expr.type.toLowerCase();
    case 'call':
      return typeOfCall(expr, scope);
    case 'binary':
      return typeOfBinary(expr, scope);
    case 'unary':
      return expr.op === 'not' ? 'boolean' : typeOf(expr.operand, scope);
    case 'literal':
      return expr.type === 'number' ? typeOfNumber(expr.text) : LITERAL_TYPES.get(expr.type);
    case 'case':
      return oneType(
        [
          ...expr.whens.map((arm) => arm.then),
          ...(expr.otherwise === undefined ? [] : [expr.otherwise]),
        ],
        scope,
      );
    case 'column':
    case 'parameter':
    case 'is':
    case 'between':
    case 'in-list':
    case 'in-query':
    case 'exists':
    case 'quantified':
    case 'subquery':
    case 'extract':
    case 'interval':
    case 'star':
    case 'access':
    case 'tuple':
    case 'array':
    case 'struct':
    case 'lambda':
    case 'opaque':
      return undefined;
  }
}

const LITERAL_TYPES: ReadonlyMap<string, string> = new Map([
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['boolean', 'boolean'],
]);

function oneType(exprs: readonly BoundExpr[], scope: TypeScope): string | undefined {
  const types = new Set(
    exprs
      .filter((expr) => expr.kind !== 'literal' || expr.type !== 'null')
      .map((expr) => typeOf(expr, scope)),
  );
  const [only] = types;
  if (types.size === 1) {
    return only;
  }
  const families = [...types].map((type) => familyOf(type));
  if (families.every((family) => family === 'integer')) {
    return 'integer expression';
  }
  return families.every((family) => family === 'integer' || family === 'decimal')
    ? 'decimal'
    : undefined;
}

/** Literals with an exponent are floating-point; how wide the others are is the engine's affair. */
function typeOfNumber(text: string): string | undefined {
  const family = numberFamily(text);
  if (family === 'integer') {
    return text.length <= 9 ? 'integer expression' : undefined;
  }
  return family === 'decimal' ? 'decimal' : 'double';
}

function typeOfRef(
  ref: Extract<BoundExpr, { kind: 'ref' }>,
  { types, sources }: TypeScope,
): string | undefined {
  const source = sources.get(ref.occ);
  if (source === undefined) {
    return undefined;
  }
  if (source.kind === 'table') {
    return types.get(source.relation)?.get(ref.column) || undefined;
  }
  const { query } = source;
  const item =
    query.body.kind === 'block'
      ? query.body.block.items[query.outputs.indexOf(ref.column)]
      : undefined;
  return item === undefined || query.body.kind !== 'block'
    ? undefined
    : typeOf(item.expr, { types, sources: sourcesOfTree(query.body.block.from) });
}

function typeOfCall(
  call: Extract<BoundExpr, { kind: 'call' }>,
  scope: TypeScope,
): string | undefined {
  const [first] = call.args;
  if (call.name === 'count') {
    return 'bigint';
  }
  if (first === undefined) {
    return undefined;
  }
  if (['min', 'max', 'abs', 'coalesce'].includes(call.name)) {
    return oneType(call.args, scope);
  }
  if (call.name === 'sum') {
    return typeOfSum(typeOf(first, scope));
  }
  return undefined;
}

function typeOfSum(type: string | undefined): string | undefined {
  if (type === undefined) {
    return undefined;
  }
  const family = familyOf(type);
  if (family === 'integer') {
    return 'hugeint';
  }
  if (family === 'decimal') {
    return `decimal(38,${scaleOf(type)})`;
  }
  return family === 'float' ? 'double' : undefined;
}

function typeOfBinary(
  expr: Extract<BoundExpr, { kind: 'binary' }>,
  scope: TypeScope,
): string | undefined {
  if (!['+', '-', '*', '%'].includes(expr.op)) {
    return undefined;
  }
  const families = [expr.left, expr.right].map((side) =>
    side.kind === 'literal' && side.type === 'number'
      ? numberFamily(side.text)
      : familyOf(typeOf(side, scope)),
  );
  if (families.includes('float') && families.every(isNumeric)) {
    return 'double';
  }
  if (families.every((family) => family === 'integer')) {
    return 'integer expression';
  }
  return families.every(isNumeric) ? 'decimal' : undefined;
}

function numberFamily(text: string): TypeFamily {
  if (/^\d+$/.test(text)) {
    return 'integer';
  }
  return /e/i.test(text) ? 'float' : 'decimal';
}

export function isNumeric(family: TypeFamily): boolean {
  return family === 'integer' || family === 'decimal' || family === 'float';
}

function scaleOf(type: string): string {
  return /,\s*(\d+)\s*\)/.exec(type)?.[1] ?? (type.includes('(') ? '0' : '3');
}

const INTEGERS =
  /^(tiny|small|medium|big|huge|u|ut|us)?(int|integer)\b|^(int1|int2|int4|int8|int16|int32|int64|int128|long|short|byteint|byte|signed|uinteger|utinyint|usmallint|ubigint|uhugeint|largeint|serial|bigserial|tinyint|smallint|bigint|hugeint)\b|^integer expression$/;
const DECIMALS = /^(decimal|numeric|number|dec|bignumeric|decimal64|decimalv3)\b/;
const FLOATS = /^(float|double|real|float4|float8|float64|float32)\b/;
const TIMESTAMPTZ =
  /^(timestamptz|timestamp_tz|timestamp_ltz|timestamp(\(\d+\))? with (local )?time zone)/;
const TIMESTAMPS = /^(timestamp|datetime|timestamp_ntz)\b/;
const TEXTS = /^(varchar|text|string|char varying|character varying|nvarchar)\b/;

/** The family of a type text; padded `char` is `other`, so that nothing is assumed of its comparisons. */
export function familyOf(type: string | undefined): TypeFamily {
  if (type === undefined || type === '') {
    return 'unknown';
  }
  if (isCollated(type)) {
    return 'other';
  }
  const patterns: readonly (readonly [RegExp, TypeFamily])[] = [
    [INTEGERS, 'integer'],
    [DECIMALS, 'decimal'],
    [FLOATS, 'float'],
    [TIMESTAMPTZ, 'timestamptz'],
    [TIMESTAMPS, 'timestamp'],
    [/^date$/, 'date'],
    [TEXTS, 'text'],
    [/^bool(ean)?$/, 'boolean'],
  ];
  return patterns.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

const ANY_SCALE = ' of any scale';

/** True for decimals whose equal values may be written with more or fewer zeros. */
export function isOfAnyScale(type: string | undefined): boolean {
  return type?.endsWith(ANY_SCALE) === true;
}

/** True for texts whose equality is not identity, so that a group of them has no one value. */
export function isCollated(type: string | undefined): boolean {
  return type?.includes(' collate ') === true;
}
