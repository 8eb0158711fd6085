import type { BoundExpr } from '../bound.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { someExpr } from '../normalize/walk.ts';
import { partsOf, queryIn } from '../resolve/walk-expr.ts';
import type { TypeScope } from './column-types.ts';
import { familyOf, isOfAnyScale, typeOf } from './column-types.ts';
import type { MartOutput } from './mart-output.ts';

/**
 * What is known of a value that stands for a group of equal ones. `sure`: equal values are the same value. `float`: equal but for
 * the sign of zero. `other`: one month and thirty days, 1.0 and 1.00, one moment in two zones. `apart`: computed so that equal values may
 * have given unequal ones, and then the group has no one value.
 */
type Hold = 'sure' | 'float' | 'other' | 'apart';

type HoldOf = (part: BoundExpr) => Hold | undefined;

const OTHERS = /^(interval|timetz|time_tz|time(\(\d+\))? with time zone|citext)\b/;
/** Types made of others: their parts can be taken out again. */
const NESTED = /^(struct|map|union|row|list|array)\b|\[\d*\]$/;
const LOOSE_PART = /\b(double|float\d*|real|interval|timetz|citext)\b/;

/** How a column of this type holds a group of equal values. */
function holdOfType(type: string | undefined): Hold {
  if (type === undefined) {
    return 'sure';
  }
  if (isOfAnyScale(type) || OTHERS.test(type) || (NESTED.test(type) && LOOSE_PART.test(type))) {
    return 'other';
  }
  return familyOf(type) === 'float' ? 'float' : 'sure';
}

/** Keys of a grouped mart whose columns tell less than the rows did, by column; keys that settle themselves are left out. */
export function looseKeys(
  rows: readonly MartOutput[],
  { keys, scope }: { readonly keys: readonly BoundExpr[]; readonly scope: TypeScope },
): ReadonlyMap<string, 'float' | 'other'> {
  const held = new Map(keys.map((key) => [exprKey(key), holdOfKey(key, scope)]));
  return new Map(
    rows.flatMap(({ expr, column }): [string, 'float' | 'other'][] => {
      const own = held.get(exprKey(expr)) ?? holdOf(expr, (part) => held.get(exprKey(part)));
      const isLoose = column.kind === 'ref' && own !== 'sure';
      return isLoose ? [[column.column, own === 'float' ? 'float' : 'other']] : [];
    }),
  );
}

/** Outputs computed from keys so that unequal values stood in one group: no more than the group's own answer. */
export function withoutApart(
  rows: readonly MartOutput[],
  { keys, scope }: { readonly keys: readonly BoundExpr[]; readonly scope: TypeScope },
): readonly MartOutput[] {
  const held = new Map(keys.map((key) => [exprKey(key), holdOfKey(key, scope)]));
  if ([...held.values()].every((hold) => hold === 'sure')) {
    return rows;
  }
  return rows.filter(({ expr }) => holdOf(expr, (part) => held.get(exprKey(part))) !== 'apart');
}

/** True where an expression over a mart's columns tells apart what the mart's groups took for equal. */
export function tellsApart(
  expr: BoundExpr,
  { occ, loose }: { readonly occ: number; readonly loose: ReadonlyMap<string, 'float' | 'other'> },
): boolean {
  const columnOf: HoldOf = (part) =>
    part.kind === 'ref' && part.occ === occ ? (loose.get(part.column) ?? 'sure') : undefined;
  return holdOf(expr, columnOf) === 'apart';
}

/** A key is what was compared, however it was computed. */
function holdOfKey(key: BoundExpr, scope: TypeScope): Hold {
  const type = typeOf(key, scope);
  if (type !== undefined) {
    return holdOfType(type);
  }
  const reads = (families: readonly string[]) =>
    someExpr(
      key,
      (part) => part.kind === 'ref' && families.includes(familyOf(typeOf(part, scope))),
    );
  const isSpan =
    someExpr(key, (part) => part.kind === 'ref' && holdOfType(typeOf(part, scope)) === 'other') ||
    (key.kind === 'call' && key.name === 'age') ||
    (key.kind === 'binary' && key.op === '-' && reads(['date', 'timestamp', 'timestamptz']));
  if (isSpan) {
    return 'other';
  }
  const isFloat = reads(['float']) || (key.kind === 'binary' && key.op === '/');
  return isFloat ? 'float' : 'sure';
}

/** Calls that give equal values of equal ones, whatever they are. */
const KEEPING = new Set(['coalesce', 'ifnull', 'nullif', 'nvl', 'greatest', 'least']);
/** Calls of a number that do not look at the sign of zero. */
const BLIND = new Set(['abs', 'floor', 'ceil', 'ceiling', 'round', 'trunc', 'sqrt', 'exp', 'sign']);
/** Aggregates of which the same holds. */
const BLIND_AGGREGATES = new Set(
  'count min max sum avg mean median stddev stddev_samp stddev_pop variance var_samp var_pop'.split(
    ' ',
  ),
);

function holdOf(expr: BoundExpr, known: HoldOf): Hold {
  const found = known(expr);
  if (found !== undefined) {
    return found;
  }
  if (queryIn(expr) !== undefined) {
    const isLoose = someExpr(expr, (part) => ['float', 'other'].includes(known(part) ?? ''));
    return isLoose ? 'apart' : 'sure';
  }
  const parts = partsOf(expr).map((part) => holdOf(part, known));
  if (parts.includes('apart')) {
    return 'apart';
  }
  const all = together(parts);
  return all === 'sure' ? 'sure' : holdOfLoose(expr, { all, known });
}

function together(holds: readonly Hold[]): Hold {
  return (['apart', 'other', 'float'] as const).find((hold) => holds.includes(hold)) ?? 'sure';
}

/** Of an expression some part of which is loose, and none apart. */
function holdOfLoose(
  expr: BoundExpr,
  { all, known }: { readonly all: Hold; readonly known: HoldOf },
): Hold {
  const { kind } = expr;
  if (kind === 'is' || kind === 'between' || kind === 'in-list') {
    return 'sure';
  }
  if (kind === 'binary') {
    return holdOfBinary(expr, { all, known });
  }
  if (kind === 'unary') {
    return all === 'float' ? 'float' : 'apart';
  }
  if (kind === 'case') {
    const { whens, otherwise } = expr;
    const values = [
      ...whens.map(({ then }) => then),
      ...(otherwise === undefined ? [] : [otherwise]),
    ];
    return together(values.map((value) => holdOf(value, known)));
  }
  if (kind === 'cast') {
    return all === 'float' ? holdOfCast(expr.type) : 'apart';
  }
  return kind === 'call' ? holdOfCall(expr, all) : 'apart';
}

const COMPARISONS = new Set(
  '=,<>,!=,<,<=,>,>=,<=>,and,or,is distinct from,is not distinct from'.split(','),
);

function holdOfBinary(
  { op, right }: Extract<BoundExpr, { kind: 'binary' }>,
  { all, known }: { readonly all: Hold; readonly known: HoldOf },
): Hold {
  if (COMPARISONS.has(op)) {
    return 'sure';
  }
  const isNumber = all === 'float' && ['+', '-', '*'].includes(op);
  const isShare = all === 'float' && op === '/' && holdOf(right, known) === 'sure';
  return isNumber || isShare ? 'float' : 'apart';
}

function holdOfCast(type: string): Hold {
  const family = familyOf(type.toLowerCase());
  if (family === 'float') {
    return 'float';
  }
  return ['integer', 'decimal', 'boolean'].includes(family) ? 'sure' : 'apart';
}

function holdOfCall(call: Extract<BoundExpr, { kind: 'call' }>, all: Hold): Hold {
  if (KEEPING.has(call.name)) {
    return all;
  }
  if (BLIND_AGGREGATES.has(call.name)) {
    return all;
  }
  return all === 'float' && BLIND.has(call.name) ? 'float' : 'apart';
}
