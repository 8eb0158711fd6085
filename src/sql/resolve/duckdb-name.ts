import type { Expr, OrderItem, Window } from '../ir.ts';

type Of<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;

/**
 * The name DuckDB 1.5 gives an unnamed output: the expression's text in DuckDB's own spelling, e.g. `sum(amount)`,
 * `count_star()`, `(a + b)`, `CASE  WHEN ((a = 1)) THEN (2) ELSE NULL END`. `undefined` for forms not known here.
 */
export function duckdbName(expr: Expr): string | undefined {
  switch (expr.kind) {
    case 'column':
      return expr.path.map(({ name }) => quoted(name)).join('.');
    case 'literal':
      return literalName(expr);
    case 'star':
      return '*';
    case 'call':
      return callName(expr);
    case 'binary':
      return binaryName(expr);
    case 'unary':
      return unaryName(expr);
    case 'is': {
      const test = `IS ${expr.negated ? 'NOT ' : ''}${expr.test.toUpperCase()}`;
      return fill([expr.operand], ([operand]) => `(${operand} ${test})`);
    }
    case 'in-list': {
      const word = expr.negated ? 'NOT IN' : 'IN';
      return fill(
        [expr.operand, ...expr.list],
        ([operand, ...list]) => `(${operand} ${word} (${list.join(', ')}))`,
      );
    }
    case 'between':
      return fill([expr.operand, expr.low, expr.high], ([operand, low, high]) => {
        const text = `(${operand} BETWEEN ${low} AND ${high})`;
        return expr.negated ? `(NOT ${text})` : text;
      });
    case 'case':
      return caseName(expr);
    case 'cast': {
      const type = typeName(expr.type);
      const word = expr.safe ? 'TRY_CAST' : 'CAST';
      return type && fill([expr.operand], ([operand]) => `${word}(${operand} AS ${type})`);
    }
    case 'access':
    case 'array':
    case 'exists':
    case 'extract':
    case 'in-query':
    case 'interval':
    case 'lambda':
    case 'opaque':
    case 'parameter':
    case 'quantified':
    case 'ref':
    case 'struct':
    case 'subquery':
    case 'tuple':
      return undefined;
  }
}

/** Texts of the parts put together, if all of them are known. */
function fill(
  parts: readonly Expr[],
  write: (texts: readonly string[]) => string,
): string | undefined {
  const texts = parts.map(duckdbName);
  return texts.every((text) => text !== undefined) ? write(texts) : undefined;
}

function literalName({ type, text }: Of<'literal'>): string | undefined {
  switch (type) {
    case 'string':
      return `'${text.replaceAll("'", "''")}'`;
    case 'null':
      return 'NULL';
    case 'boolean':
      return `CAST('${text.toLowerCase().startsWith('t') ? 't' : 'f'}' AS BOOLEAN)`;
    case 'number':
      return /^[0-9]+(\.[0-9]+)?$/.test(text) ? text : undefined;
    case 'date':
      return `CAST('${text}' AS "DATE")`;
    case 'timestamp':
      return `CAST('${text}' AS TIMESTAMP)`;
    case 'binary':
    case 'other':
    case 'time':
    case 'timestamptz':
      return undefined;
  }
}

const SPELLED: Readonly<Record<string, string>> = {
  '<>': '!=',
  like: '~~',
  'not like': '!~~',
  ilike: '~~*',
  'not ilike': '!~~*',
};

function binaryName(binary: Of<'binary'>): string | undefined {
  if (binary.op === 'and' || binary.op === 'or') {
    const parts = flattened(binary, binary.op);
    return fill(parts, (texts) => `(${texts.join(` ${binary.op.toUpperCase()} `)})`);
  }
  const op = SPELLED[binary.op] ?? binary.op.toUpperCase();
  return fill([binary.left, binary.right], ([left, right]) => `(${left} ${op} ${right})`);
}

/** `a and b and c` is one conjunction of three. */
function flattened(expr: Expr, op: string): readonly Expr[] {
  return expr.kind === 'binary' && expr.op === op
    ? [...flattened(expr.left, op), ...flattened(expr.right, op)]
    : [expr];
}

function unaryName({ op, operand }: Of<'unary'>): string | undefined {
  if (op === 'not') {
    return fill([operand], ([text]) => `(NOT ${text})`);
  }
  const isNumber = operand.kind === 'literal' && operand.type === 'number';
  return fill([operand], ([text]) => (isNumber ? `${op}${text}` : `${op}(${text})`));
}

function caseName({ operand, whens, otherwise }: Of<'case'>): string | undefined {
  const branches = whens.flatMap(({ when, then }) => [
    operand === undefined
      ? when
      : ({ kind: 'binary', op: '=', left: operand, right: when } satisfies Expr),
    then,
  ]);
  const last: Expr = otherwise ?? { kind: 'literal', type: 'null', text: 'null' };
  return fill([...branches, last], (texts) => {
    const pairs = whens.map((_, at) => ` WHEN (${texts[at * 2]}) THEN (${texts[at * 2 + 1]})`);
    return `CASE ${pairs.join('')} ELSE ${texts.at(-1)} END`;
  });
}

const UPPER = new Map([
  ['coalesce', 'COALESCE'],
  ['ifnull', 'COALESCE'],
  ['grouping', 'GROUPING'],
  ['grouping_id', 'GROUPING'],
]);

function callName(call: Of<'call'>): string | undefined {
  if (call.modifiers.length > 0) {
    return undefined;
  }
  const isCount =
    call.name === 'count' && (call.args.length === 0 || call.args[0]?.kind === 'star');
  const name = isCount ? 'count_star' : (UPPER.get(call.name) ?? quoted(call.name));
  const args = isCount ? [] : call.args;
  const order = orderName(call.orderBy);
  const over = call.over === undefined ? '' : windowName(call.over);
  const filter = call.filter === undefined ? [] : [call.filter];
  if (order === undefined || over === undefined) {
    return undefined;
  }
  return fill([...args, ...filter], (texts) => {
    const list = texts.slice(0, args.length).join(', ');
    const within = `${call.distinct ? 'DISTINCT ' : ''}${list}${order}`;
    const kept = call.filter === undefined ? '' : ` FILTER (WHERE ${texts.at(-1)})`;
    return `${name}(${within})${kept}${over}`;
  });
}

function orderName(orderBy: readonly OrderItem[]): string | undefined {
  if (orderBy.length === 0) {
    return '';
  }
  const items = orderBy.map(({ expr, descending, nulls }) =>
    nulls === undefined
      ? fill([expr], ([text]) => `${text}${descending ? ' DESC' : ''}`)
      : undefined,
  );
  return items.includes(undefined) ? undefined : ` ORDER BY ${items.join(', ')}`;
}

function windowName({ partitionBy, orderBy, frame }: Window): string | undefined {
  const partition = fill(partitionBy, (texts) => `PARTITION BY ${texts.join(', ')}`);
  const order = orderName(orderBy);
  if (partition === undefined || order === undefined) {
    return undefined;
  }
  const parts = [
    partitionBy.length === 0 ? '' : partition,
    order.trim(),
    frame?.toUpperCase() ?? '',
  ];
  return ` OVER (${parts.filter((part) => part !== '').join(' ')})`;
}

const PLAIN_TYPES = new Set(
  `bigint integer smallint tinyint hugeint ubigint varchar boolean timestamp float blob uuid`.split(
    ' ',
  ),
);
const QUOTED_TYPES = new Set(['double', 'date', 'time']);

function typeName(type: string): string | undefined {
  if (PLAIN_TYPES.has(type)) {
    return type.toUpperCase();
  }
  if (QUOTED_TYPES.has(type)) {
    return `"${type.toUpperCase()}"`;
  }
  const decimal = type.match(/^(?:decimal|numeric)\((\d+), ?(\d+)\)$/);
  return decimal === null ? undefined : `DECIMAL(${decimal[1]}, ${decimal[2]})`;
}

/** Words of DuckDB's grammar that it quotes when it writes them as names. */
const QUOTED_WORDS = new Set(
  `all and any array as asc both case cast check collate column constraint create default desc distinct do else end
  except exists extract false fetch for foreign from full grant group having in inner intersect into is isnull join
  lateral left like limit map natural not notnull null nullif offset on only or order outer overlaps overlay
  position precision primary references right row select setof some struct substring table then time timestamp
  treat trim true union unique using values when where window with interval year month day hour minute second
  week quarter decade century`.split(/\s+/),
);

function quoted(name: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name) && !QUOTED_WORDS.has(name.toLowerCase());
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}
