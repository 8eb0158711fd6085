import type { BoundExpr, BoundOrderItem } from '../bound.ts';
import type { Ident, Query, QueryBody } from '../ir.ts';
import { alignByName } from './align-by-name.ts';
import { bindSelect } from './bind-select.ts';
import {
  type Binder,
  type BodyRequest,
  type BodyResult,
  noteRelation,
  opaque,
  type QueryResult,
} from './binder.ts';
import { cteEntries, noteUnusedCtes } from './ctes.ts';
import { valuesColumn } from './dialect-rules.ts';
import { findNamed } from './names.ts';
import { ordinalOf } from './ordinal.ts';
import type { Scope } from './scope.ts';

/** The occurrence number that means "this query's own outputs", in the ORDER BY of a set operation or VALUES. */
export const OWN_OUTPUTS = 0;

/** Binds a query with its WITH, ORDER BY and LIMIT. */
export function bindWhole(binder: Binder, query: Query, outer: Scope): QueryResult {
  const ctes = cteEntries(binder, query, outer);
  const scope: Scope = { ...outer, ctes };
  if (query.body.kind === 'nested' && isBare(query)) {
    const inner = binder.bindQuery(binder, query.body.query, scope);
    noteUnusedCtes(binder, ctes.slice(0, query.ctes.length));
    return inner;
  }
  const bound = bindBody(binder, query.body, { scope, orderBy: query.orderBy });
  noteUnusedCtes(binder, ctes.slice(0, query.ctes.length));
  const { limit, offset, limitModifier } = query;
  return {
    ...(bound.admit === undefined ? {} : { admit: bound.admit }),
    query: {
      body: bound.body,
      outputs: bound.outputs,
      orderBy: bound.orderBy,
      ...(limit === undefined ? {} : { limit: binder.bindExpr(binder, limit, scope) }),
      ...(offset === undefined ? {} : { offset: binder.bindExpr(binder, offset, scope) }),
      ...(limitModifier === undefined ? {} : { limitModifier }),
    },
  };
}

function bindBody(binder: Binder, body: QueryBody, request: BodyRequest): BodyResult {
  if (!binder.mayBindMore()) {
    return opaqueBody('statement too large');
  }
  switch (body.kind) {
    case 'select':
      return bindSelect(binder, body, request);
    case 'set':
      return bindSet(binder, body, request);
    case 'values':
      return bindValues(binder, body, request);
    case 'nested':
      return bindNested(binder, body.query, request);
    case 'opaque-query':
      binder.notes.add('opaque query');
      for (const path of body.tables) {
        const found = binder.context.schema.findRelation(path, binder.context.names);
        const id = found.kind === 'found' ? found.relation.id : found.id;
        noteRelation(binder, id, found.kind === 'found');
      }
      return opaqueBody(body.because);
  }
}

function opaqueBody(because: string): BodyResult {
  const outputs: string[] = [];
  return {
    body: { kind: 'opaque-query', because },
    outputs,
    orderBy: [],
    admit(name) {
      outputs.push(name.name);
      return name.name;
    },
  };
}

/** A parenthesised query; one with an order or limit of its own under another order or limit becomes a source. */
function bindNested(binder: Binder, query: Query, request: BodyRequest): BodyResult {
  const inner = binder.bindQuery(binder, query, request.scope);
  const { admit } = inner;
  const around = isBare(inner.query)
    ? { ...inner.query, ...(admit === undefined ? {} : { admit }) }
    : wrapped(binder, inner);
  if (request.orderBy.length === 0) {
    return around;
  }
  return { ...around, orderBy: orderByOutputs(binder, around.outputs, request) };
}

function isBare(query: Tail): boolean {
  return (
    query.orderBy.length === 0 &&
    query.limit === undefined &&
    query.offset === undefined &&
    query.limitModifier === undefined
  );
}

interface Tail {
  readonly orderBy: readonly unknown[];
  readonly limit?: unknown;
  readonly offset?: unknown;
  readonly limitModifier?: unknown;
}

/** `(select ... limit 5)` as a member of something larger: a select of all its outputs. */
function wrapped(binder: Binder, inner: QueryResult): BodyResult {
  const occ = binder.nextOcc();
  const { outputs } = inner.query;
  return {
    body: {
      kind: 'select',
      items: outputs.map((name) => ({
        name,
        expr: { kind: 'ref', occ, column: name },
        fromStar: true,
      })),
      from: {
        kind: 'derived',
        occ,
        query: inner.query,
        lateral: false,
        origin: 'subquery',
        columns: outputs,
      },
      opaqueClauses: [],
    },
    outputs,
    orderBy: [],
  };
}

function bindSet(
  binder: Binder,
  body: Extract<QueryBody, { readonly kind: 'set' }>,
  request: BodyRequest,
): BodyResult {
  const { scope } = request;
  const left = bindMember(binder, body.left, request);
  const recurring = scope.ctes.find((entry) => entry.open?.body === body)?.open;
  if (recurring !== undefined && recurring.columns === undefined) {
    recurring.columns = left.query.outputs;
  }
  const right = bindMember(binder, body.right, request);
  const sides = body.byName ? alignByName(binder, left, right) : { left, right };
  const { outputs } = sides.left.query;
  if (outputs.length !== sides.right.query.outputs.length && !isOpen(left) && !isOpen(right)) {
    binder.notes.add('set operation of unequal widths');
  }
  const admit = admitBoth(sides.left, sides.right);
  return {
    body: {
      kind: 'set',
      op: body.op,
      all: body.all,
      left: sides.left.query,
      right: sides.right.query,
    },
    outputs,
    orderBy: orderByOutputs(binder, outputs, request),
    ...(admit === undefined ? {} : { admit }),
  };
}

function isOpen(side: QueryResult): boolean {
  return side.admit !== undefined;
}

function admitBoth(left: QueryResult, right: QueryResult) {
  const [first, second] = [left.admit, right.admit];
  if (first === undefined || second === undefined) {
    return undefined;
  }
  return (name: Ident) => {
    const column = first(name);
    const other = column === undefined ? undefined : second(name);
    return other === undefined ? undefined : column;
  };
}

function bindMember(binder: Binder, body: QueryBody, { scope }: BodyRequest): QueryResult {
  if (body.kind === 'nested') {
    return binder.bindQuery(binder, body.query, scope);
  }
  const { admit, ...bound } = bindBody(binder, body, { scope, orderBy: [] });
  return { query: bound, ...(admit === undefined ? {} : { admit }) };
}

function bindValues(
  binder: Binder,
  body: Extract<QueryBody, { readonly kind: 'values' }>,
  request: BodyRequest,
): BodyResult {
  const rows = body.rows.map((row) =>
    row.map((expr) => binder.bindExpr(binder, expr, request.scope)),
  );
  const outputs = (rows[0] ?? []).map((_, at) => valuesColumn(at, binder.context.dialect.name));
  return {
    body: { kind: 'values', rows },
    outputs,
    orderBy: orderByOutputs(binder, outputs, request),
  };
}

/** ORDER BY of a set operation: ordinals and output names, alone or inside expressions. */
function orderByOutputs(
  binder: Binder,
  outputs: readonly string[],
  { orderBy, scope }: BodyRequest,
): readonly BoundOrderItem[] {
  const columns = outputs.map((name) => ({
    name,
    expr: { kind: 'ref', occ: OWN_OUTPUTS, column: name } satisfies BoundExpr,
  }));
  const rules = binder.context.dialect.names;
  const aliases = {
    wins: 'alias',
    find(name: Ident) {
      const found = findNamed(name, { among: columns, rules });
      return found === 'ambiguous' ? undefined : found?.expr;
    },
  } as const;
  return orderBy.map((item) => {
    const at = ordinalOf(item.expr);
    const expr =
      at === undefined
        ? binder.bindExpr(binder, item.expr, { ...scope, aliases })
        : (columns[at - 1]?.expr ?? opaque(binder, 'ordinal out of range'));
    return { ...item, expr };
  });
}
