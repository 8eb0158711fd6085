import type { Expr, FromItem, Query, QueryBody, Statement } from '../../src/sql/ir.ts';

/** An expression with all its brackets, as short as can be read: for tables of expectations. */
export function exprDigest(expr: Expr): string {
  switch (expr.kind) {
    case 'column':
      return expr.path.map((part) => (part.quoted ? `"${part.name}"` : part.name)).join('.');
    case 'ref':
      return `${expr.occ}.${expr.column}`;
    case 'literal':
      return expr.type === 'number' ? expr.text : `${expr.type}:${expr.text}`;
    case 'parameter':
      return expr.name;
    case 'call': {
      const filter = expr.filter ? ` filter ${exprDigest(expr.filter)}` : '';
      const over = expr.over ? ' over' : '';
      const modifiers = expr.modifiers.map((modifier) => ` {${modifier}}`).join('');
      const order = expr.orderBy.map((item) => ` by ${exprDigest(item.expr)}`).join('');
      const distinct = expr.distinct ? 'distinct ' : '';
      return `${expr.name}(${distinct}${list(expr.args)}${order})${modifiers}${filter}${over}`;
    }
    case 'binary':
      return `(${exprDigest(expr.left)} ${expr.op} ${exprDigest(expr.right)})`;
    case 'unary':
      return `(${expr.op} ${exprDigest(expr.operand)})`;
    case 'is':
      return `(${exprDigest(expr.operand)} is ${expr.negated ? 'not ' : ''}${expr.test})`;
    case 'between': {
      const range = `${exprDigest(expr.low)} and ${exprDigest(expr.high)}`;
      return `(${exprDigest(expr.operand)} ${expr.negated ? 'not ' : ''}between ${range})`;
    }
    case 'in-list':
      return `(${exprDigest(expr.operand)} ${expr.negated ? 'not ' : ''}in [${list(expr.list)}])`;
    case 'in-query':
      return `(${exprDigest(expr.operand)} ${expr.negated ? 'not ' : ''}in ${queryDigest(expr.query)})`;
    case 'exists':
      return `${expr.negated ? 'not ' : ''}exists ${queryDigest(expr.query)}`;
    case 'quantified':
      return `(${exprDigest(expr.left)} ${expr.op} ${expr.quantifier} ${exprDigest(expr.right)})`;
    case 'subquery':
      return queryDigest(expr.query);
    case 'case': {
      const whens = expr.whens.map(({ when, then }) => `${exprDigest(when)}:${exprDigest(then)}`);
      const otherwise = expr.otherwise ? ` else ${exprDigest(expr.otherwise)}` : '';
      return `case ${expr.operand ? `${exprDigest(expr.operand)} ` : ''}${whens.join(' ')}${otherwise}`;
    }
    case 'cast':
      return `${expr.safe ? 'try_cast' : 'cast'}(${exprDigest(expr.operand)} as ${expr.type})`;
    case 'extract':
      return `extract(${expr.part} ${exprDigest(expr.from)})`;
    case 'interval':
      return `interval ${exprDigest(expr.amount)} ${expr.unit ?? ''}`.trim();
    case 'star': {
      const except = expr.except.map((name) => ` -${name.name}`).join('');
      const replace = expr.replace.map(
        ({ alias, expr: by }) => ` ${alias?.name}=${exprDigest(by)}`,
      );
      const rename = expr.rename.map(({ from, to }) => ` ${from.name}>${to.name}`).join('');
      const qualifier = expr.qualifier?.map((part) => `${part.name}.`).join('') ?? '';
      return `${qualifier}*${except}${replace.join('')}${rename}`;
    }
    case 'access': {
      const steps = expr.steps.map((step) =>
        step.kind === 'field' ? `.${step.name}` : `[${exprDigest(step.index)}]`,
      );
      return `${exprDigest(expr.base)}@${steps.join('')}`;
    }
    case 'tuple':
      return `(${list(expr.items)})`;
    case 'array':
      return `[${list(expr.items)}]`;
    case 'struct':
      return `{${expr.fields.map((field) => `${field.alias?.name ?? ''}:${exprDigest(field.expr)}`).join(', ')}}`;
    case 'lambda':
      return `${expr.parameters.map((name) => name.name).join(',')} => ${exprDigest(expr.body)}`;
    case 'opaque':
      return `<${expr.because}${expr.inside.length > 0 ? `: ${list(expr.inside)}` : ''}>`;
  }
}

function list(exprs: readonly Expr[]): string {
  return exprs.map(exprDigest).join(', ');
}

export function fromDigest(item: FromItem): string {
  const alias = item.kind !== 'join' && item.alias ? ` ${item.alias.name}` : '';
  switch (item.kind) {
    case 'table':
      return `${item.path.map((part) => part.name).join('.')}${alias}${item.modifiers.map((m) => ` {${m}}`).join('')}`;
    case 'derived':
      return `${item.lateral ? 'lateral ' : ''}${queryDigest(item.query)}${alias}`;
    case 'function': {
      const ordinality = item.ordinality === undefined ? '' : ' +ordinality';
      const columns = item.columnAliases.map((name) => `.${name.name}`).join('');
      return `${item.name}(${list(item.args)})${alias}${columns}${ordinality}`;
    }
    case 'join': {
      const on = item.on ? ` on ${exprDigest(item.on)}` : '';
      const using = item.using ? ` using ${item.using.map((name) => name.name).join(',')}` : '';
      const kind = `${item.natural ? 'natural ' : ''}${item.join}`;
      return `(${fromDigest(item.left)} ${kind} ${fromDigest(item.right)}${on}${using})`;
    }
    case 'pivot':
      return `${item.unpivot ? 'unpivot' : 'pivot'}(${fromDigest(item.source)}; ${list(item.columns)}; ${item.makes.map((name) => name.name).join(',')})${alias}`;
    case 'opaque-from':
      return `<${item.because}>${alias}`;
  }
}

function bodyDigest(body: QueryBody): string {
  switch (body.kind) {
    case 'select': {
      const { distinct, groupBy } = body;
      const on = distinct === 'all' || distinct === undefined ? '' : ` on ${list(distinct)}`;
      const items = body.items.map(
        ({ expr, alias }) => `${exprDigest(expr)}${alias ? ` ${alias.name}` : ''}`,
      );
      const group =
        groupBy === undefined
          ? ''
          : groupBy.kind === 'all'
            ? ' group all'
            : ` group ${list(groupBy.exprs)}${groupBy.kind === 'sets' ? ` ${JSON.stringify(groupBy.sets)}` : ''}`;
      return [
        `select${distinct ? ` distinct${on}` : ''} ${items.join(', ')}`,
        body.from.length > 0 ? ` from ${body.from.map(fromDigest).join(', ')}` : '',
        body.where ? ` where ${exprDigest(body.where)}` : '',
        group,
        body.having ? ` having ${exprDigest(body.having)}` : '',
        body.qualify ? ` qualify ${exprDigest(body.qualify)}` : '',
        body.opaqueClauses.length > 0 ? ` <${body.opaqueClauses.join(', ')}>` : '',
      ].join('');
    }
    case 'set':
      return `(${bodyDigest(body.left)} ${body.op}${body.all ? ' all' : ''}${body.byName ? ' by name' : ''} ${bodyDigest(body.right)})`;
    case 'values':
      return `values ${body.rows.map((row) => `(${list(row)})`).join(' ')}`;
    case 'nested':
      return queryDigest(body.query);
    case 'opaque-query':
      return `<${body.because}>`;
  }
}

export function queryDigest(query: Query): string {
  const ctes = query.ctes.map((cte) => `${cte.name.name} = ${queryDigest(cte.query)}; `);
  const order = query.orderBy.map(
    (item) =>
      ` by ${exprDigest(item.expr)}${item.descending ? ' desc' : ''}${item.nulls ? ` nulls ${item.nulls}` : ''}`,
  );
  const limit = query.limit ? ` limit ${exprDigest(query.limit)}` : '';
  const offset = query.offset ? ` offset ${exprDigest(query.offset)}` : '';
  const modifier = query.limitModifier === undefined ? '' : ` <${query.limitModifier}>`;
  return `[${query.recursive ? 'recursive ' : ''}${ctes.join('')}${bodyDigest(query.body)}${order.join('')}${limit}${offset}${modifier}]`;
}

export function statementDigest(statement: Statement): string {
  switch (statement.kind) {
    case 'query':
      return queryDigest(statement.query);
    case 'create-as':
      return `${statement.object} ${statement.target.map((part) => part.name).join('.')} = ${queryDigest(statement.query)}`;
    case 'insert':
      return `insert ${statement.target.map((part) => part.name).join('.')} = ${queryDigest(statement.query)}`;
    case 'update':
      return `update ${fromDigest(statement.target)} set ${statement.set.map(({ column, value }) => `${column.map((part) => part.name).join('.')}=${exprDigest(value)}`).join(', ')} from ${statement.from.map(fromDigest).join(', ')} where ${statement.where ? exprDigest(statement.where) : ''}`;
    case 'delete':
      return `delete ${fromDigest(statement.target)} using ${statement.using.map(fromDigest).join(', ')} where ${statement.where ? exprDigest(statement.where) : ''}`;
    case 'merge':
      return `merge ${fromDigest(statement.target)} with ${fromDigest(statement.source)} on ${exprDigest(statement.on)}: ${statement.clauses.map((clause) => `${clause.matched ? 'matched' : 'missing'} ${clause.action.kind}`).join(', ')}`;
    case 'create-table':
      return `create table ${JSON.stringify(statement.table)}`;
    case 'other':
      return `other ${statement.verb}`;
  }
}
