import type { RelationId } from '../../base/relation.ts';
import type { Assignment, Expr, FromItem, Path, Query, SelectItem, Statement } from '../ir.ts';
import { bindForFacts, type FactsBinding } from './bind-query.ts';
import type { BindContext } from './binder.ts';
import { isNiladic } from './dialect-rules.ts';
import { mapParts } from './map-expr.ts';
import { foldIdent, sameLetters } from './names.ts';

/** A statement after resolution: what it reads, and where the outputs go if it writes. */
export interface StatementBinding extends Partial<FactsBinding> {
  readonly kind: 'query' | 'write' | 'ddl' | 'other';
  readonly notUnderstood: readonly string[];
  readonly target?: RelationId;
  /** The target's column of each output, parallel to `query.outputs`; only for writes and named queries. */
  readonly targetColumns?: readonly string[];
}

/**
 * Binds any statement. UPDATE and MERGE become the select of what they assign, over the target and its
 * sources; DELETE a select of nothing. DDL without a query and what we only classify have no query.
 */
export function bindStatement(statement: Statement, context: BindContext): StatementBinding {
  switch (statement.kind) {
    case 'query':
      return { kind: 'query', ...bindForFacts(statement.query, context) };
    case 'create-as':
      return {
        kind: statement.object === 'table' ? 'write' : 'ddl',
        ...written(statement, context),
      };
    case 'insert':
      return { kind: 'write', ...written(statement, context) };
    case 'update':
      return { kind: 'write', ...bindUpdate(statement, context) };
    case 'delete': {
      const query = selectOver([statement.target, ...statement.using], {
        items: [],
        where: statement.where,
        ctes: statement.ctes,
      });
      return { kind: 'write', ...bindForFacts(query, context), ...targetOf(statement, context) };
    }
    case 'merge':
      return { kind: 'write', ...bindMerge(statement, context) };
    case 'create-table':
      return { kind: 'ddl', notUnderstood: [], target: idOf(statement.target, context) };
    case 'other':
      return { kind: 'other', notUnderstood: ['statement kind not read'] };
  }
}

type Of<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

function written(statement: Of<'create-as'> | Of<'insert'>, context: BindContext) {
  const binding = bindForFacts(statement.query, context);
  const { outputs } = binding.query;
  const found = context.schema.findRelation(statement.target, context.names);
  const isKnown = found.kind === 'found' && statement.kind === 'insert';
  const storedColumns = isKnown ? found.relation.columns : [];
  const stored = storedColumns.map(({ name }) => name);
  const named =
    statement.columns.length > 0
      ? statement.columns.map((column) =>
          storedAs(foldIdent(column, context.dialect.names), storedColumns),
        )
      : stored;
  return {
    ...binding,
    target: found.kind === 'found' ? found.relation.id : found.id,
    targetColumns: outputs.map((output, at) => (output === '*' ? output : (named[at] ?? output))),
  };
}

function bindUpdate(statement: Of<'update'>, context: BindContext) {
  const { target, from, where, ctes, set } = statement;
  const isAmongFrom = target.kind === 'table' && from.some((item) => isCalled(item, target.path));
  const query = selectOver(isAmongFrom ? from : [target, ...from], {
    items: set.map(assigned),
    where,
    ctes,
  });
  const binding = bindForFacts(query, context);
  return { ...binding, ...changedColumns(statement, { binding, context }) };
}

function bindMerge(statement: Of<'merge'>, context: BindContext) {
  const items: SelectItem[] = [];
  let where: Expr | undefined;
  for (const { condition, action } of statement.clauses) {
    if (action.kind === 'update') {
      items.push(...action.set.map((each) => mergeAssigned(each, statement.source)));
    }
    if (action.kind === 'insert') {
      const stored = targetColumnsOf(statement, context);
      items.push(...insertedItems(action, { source: statement.source, stored }));
    }
    if (condition !== undefined) {
      where =
        where === undefined
          ? condition
          : { kind: 'binary', op: 'or', left: where, right: condition };
    }
  }
  const { target, source, on } = statement;
  const joined: FromItem = {
    kind: 'join',
    join: 'left',
    left: source,
    right: target,
    on,
    natural: false,
  };
  const binding = bindForFacts(selectOver([joined], { items, where, ctes: [] }), context);
  return { ...binding, ...changedColumns(statement, { binding, context }) };
}

type InsertAction = Extract<Of<'merge'>['clauses'][number]['action'], { readonly kind: 'insert' }>;

function insertedItems(
  action: InsertAction,
  { source, stored }: { readonly source: FromItem; readonly stored: readonly string[] },
): readonly SelectItem[] {
  return action.values.map((value, at) => {
    const storedName = stored[at];
    const alias =
      action.columns[at] ??
      (storedName === undefined ? undefined : { name: storedName, quoted: true });
    if (value.kind === 'star') {
      return { expr: ofSource(value, source) };
    }
    const expr = ofSourceAlone(value, source);
    return { expr, ...(alias === undefined ? {} : { alias }) };
  });
}

/** An inserted value sees the source only: a bare name is the source's, though the target has it too. */
function ofSourceAlone(value: Expr, source: FromItem): Expr {
  const qualifier = qualifierOf(source);
  if (qualifier === undefined) {
    return value;
  }
  function qualified(expr: Expr): Expr {
    if (expr.kind !== 'column') {
      return mapParts(expr, { expr: qualified, query: (query) => query });
    }
    const [name, more] = expr.path;
    const isWord = name === undefined || (!name.quoted && isNiladic(name.name));
    return isWord || more !== undefined
      ? expr
      : { kind: 'column', path: [...(qualifier ?? []), name] };
  }
  return qualified(value);
}

/** What the columns of a source may be qualified by. */
function qualifierOf(source: FromItem): Path | undefined {
  const alias = 'alias' in source && source.alias !== undefined ? [source.alias] : undefined;
  return alias ?? (source.kind === 'table' ? source.path : undefined);
}

/** INSERT ROW, INSERT *: the columns of the source, not of the target beside it. */
function ofSource(star: Extract<Expr, { readonly kind: 'star' }>, source: FromItem): Expr {
  const qualifier = qualifierOf(source);
  return qualifier === undefined ? star : { ...star, qualifier };
}

function targetColumnsOf({ target }: Of<'merge'>, context: BindContext): readonly string[] {
  if (target.kind !== 'table') {
    return [];
  }
  const found = context.schema.findRelation(target.path, context.names);
  return found.kind === 'found' ? found.relation.columns.map(({ name }) => name) : [];
}

/** UPDATE SET *: every column of the source. */
function mergeAssigned(assignment: Assignment, source: FromItem): SelectItem {
  const { value } = assignment;
  return value.kind === 'star' ? { expr: ofSource(value, source) } : assigned(assignment);
}

function assigned({ column, value }: Assignment): SelectItem {
  const alias = column.at(-1);
  return { expr: value, ...(alias === undefined ? {} : { alias }) };
}

function selectOver(
  from: readonly FromItem[],
  parts: {
    readonly items: readonly SelectItem[];
    readonly where: Expr | undefined;
    readonly ctes: Query['ctes'];
  },
): Query {
  return {
    ctes: parts.ctes,
    recursive: false,
    body: {
      kind: 'select',
      items: parts.items,
      from,
      windows: [],
      opaqueClauses: [],
      ...(parts.where === undefined ? {} : { where: parts.where }),
    },
    orderBy: [],
  };
}

/** T-SQL updates an alias of its FROM: the target is what the alias stands for. */
function targetOf(
  statement: Of<'update'> | Of<'delete'> | Of<'merge'>,
  context: BindContext,
): { readonly target?: RelationId } {
  const { target } = statement;
  if (target.kind === 'join') {
    return targetOf({ ...statement, target: target.left }, context);
  }
  if (target.kind !== 'table') {
    return {};
  }
  const among = statement.kind === 'update' ? statement.from : [];
  const meant = among.map((item) => tableCalled(item, target.path)).find((path) => path);
  return { target: idOf(meant ?? target.path, context) };
}

function isCalled(item: FromItem, path: Path): boolean {
  return tableCalled(item, path) !== undefined;
}

function tableCalled(item: FromItem, path: Path): Path | undefined {
  if (item.kind === 'join') {
    return tableCalled(item.left, path) ?? tableCalled(item.right, path);
  }
  if (item.kind !== 'table') {
    return undefined;
  }
  const called = item.alias === undefined ? item.path : [item.alias];
  const isIt =
    called.length === path.length &&
    called.every((part, at) => sameLetters(part.name, path[at]?.name ?? ''));
  return isIt ? item.path : undefined;
}

/** The target and, in its own spelling, the column of it that each output goes to. */
function changedColumns(
  statement: Of<'update'> | Of<'merge'>,
  { binding, context }: { readonly binding: FactsBinding; readonly context: BindContext },
) {
  const { target } = targetOf(statement, context);
  const columns = target === undefined ? [] : (context.schema.relationOf(target)?.columns ?? []);
  const targetColumns = binding.query.outputs.map((output) => storedAs(output, columns));
  return { ...(target === undefined ? {} : { target }), targetColumns };
}

function storedAs(name: string, columns: readonly { readonly name: string }[]): string {
  return columns.find((column) => sameLetters(column.name, name))?.name ?? name;
}

function idOf(path: Path, context: BindContext): RelationId {
  const found = context.schema.findRelation(path, context.names);
  return found.kind === 'found' ? found.relation.id : found.id;
}
