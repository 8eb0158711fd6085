import type { Expr, Window } from '../ir.ts';

/**
 * The text Snowflake, Spark and their like name an unnamed expression by, near enough; `isBracketed` puts operators in brackets. `undefined` where we do not
 * know the form; DuckDB has `duckdb-name.ts`.
 */
export function exprText(expr: Expr, isBracketed: boolean): string | undefined {
  switch (expr.kind) {
    case 'column':
      return expr.path.map(({ name }) => name).join('.');
    case 'literal':
      return expr.type === 'string' ? `'${expr.text.replaceAll("'", "''")}'` : expr.text;
    case 'star':
      return '*';
    case 'call':
      return callText(expr, isBracketed);
    case 'binary': {
      const [left, right] = [exprText(expr.left, isBracketed), exprText(expr.right, isBracketed)];
      const op = expr.op.toUpperCase();
      return left === undefined || right === undefined
        ? undefined
        : around(`${left} ${op} ${right}`, isBracketed);
    }
    case 'unary': {
      const operand = exprText(expr.operand, isBracketed);
      if (operand === undefined) {
        return undefined;
      }
      return expr.op === 'not' ? around(`NOT ${operand}`, isBracketed) : `${expr.op}${operand}`;
    }
    case 'cast': {
      const operand = exprText(expr.operand, isBracketed);
      const word = expr.safe ? 'TRY_CAST' : 'CAST';
      return operand && `${word}(${operand} AS ${expr.type.toUpperCase()})`;
    }
    case 'case':
      return caseText(expr, isBracketed);
    case 'is': {
      const operand = exprText(expr.operand, isBracketed);
      return operand && `${operand} IS ${expr.negated ? 'NOT ' : ''}${expr.test.toUpperCase()}`;
    }
    case 'between': {
      const parts = [expr.operand, expr.low, expr.high].map((part) => exprText(part, isBracketed));
      const [operand, low, high] = parts;
      return isBracketed || parts.includes(undefined)
        ? undefined
        : `${operand} ${expr.negated ? 'NOT ' : ''}BETWEEN ${low} AND ${high}`;
    }
    case 'in-list': {
      const operand = exprText(expr.operand, isBracketed);
      const list = listText(expr.list, isBracketed);
      return operand === undefined || list === undefined
        ? undefined
        : around(`${operand} ${expr.negated ? 'NOT ' : ''}IN (${list})`, isBracketed);
    }
    case 'extract': {
      const from = exprText(expr.from, isBracketed);
      return from && `EXTRACT(${expr.part.toUpperCase()} FROM ${from})`;
    }
    case 'access':
    case 'array':
    case 'exists':
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

function caseText(
  { operand, whens, otherwise }: Extract<Expr, { readonly kind: 'case' }>,
  isBracketed: boolean,
): string | undefined {
  const parts = [
    'CASE',
    ...(operand === undefined ? [] : [exprText(operand, isBracketed)]),
    ...whens.flatMap(({ when, then }) => [
      'WHEN',
      exprText(when, isBracketed),
      'THEN',
      exprText(then, isBracketed),
    ]),
    ...(otherwise === undefined ? [] : ['ELSE', exprText(otherwise, isBracketed)]),
    'END',
  ];
  return parts.includes(undefined) ? undefined : parts.join(' ');
}

function around(text: string, isBracketed: boolean): string {
  return isBracketed ? `(${text})` : text;
}

function callText(
  call: Extract<Expr, { readonly kind: 'call' }>,
  isBracketed: boolean,
): string | undefined {
  if (call.filter !== undefined || call.orderBy.length > 0) {
    return undefined;
  }
  const args = listText(call.args, isBracketed);
  const over = call.over === undefined ? '' : overText(call.over, isBracketed);
  return args === undefined || over === undefined
    ? undefined
    : `${call.name}(${call.distinct ? 'DISTINCT ' : ''}${args})${over}`;
}

/** Spark prints more of a window than was written. */
function overText(
  { base, partitionBy, orderBy, frame }: Window,
  isBracketed: boolean,
): string | undefined {
  const partition = listText(partitionBy, isBracketed);
  const order = orderBy.map(({ expr, descending, nulls }) => {
    const text = exprText(expr, isBracketed);
    const nullsText = nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`;
    return text && `${text}${descending ? ' DESC' : ''}${nullsText}`;
  });
  if (isBracketed || base !== undefined || partition === undefined || order.includes(undefined)) {
    return undefined;
  }
  const parts = [
    ...(partition === '' ? [] : [`PARTITION BY ${partition}`]),
    ...(order.length === 0 ? [] : [`ORDER BY ${order.join(', ')}`]),
    ...(frame === undefined ? [] : [frame.toUpperCase()]),
  ];
  return ` OVER (${parts.join(' ')})`;
}

function listText(exprs: readonly Expr[], isBracketed: boolean): string | undefined {
  const texts = exprs.map((expr) => exprText(expr, isBracketed));
  return texts.includes(undefined) ? undefined : texts.join(', ');
}
