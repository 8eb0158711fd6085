import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { Dialect, DialectName } from '../../sql/dialect.ts';
import { isDatePart } from '../../sql/literal-kinds.ts';
import type { Block, JoinTree, NormalQuery } from '../../sql/normal-query.ts';
import { barriersIn } from '../../sql/normalize/barriers.ts';
import { someExpr } from '../../sql/normalize/walk.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { WordDefinition } from './business-words.ts';
import { definitionText } from './definition-text.ts';
import { holdsAggregate, type Measure } from './find-measures.ts';
import { joinsSources, tablesOfTree } from './measure-facts.ts';

/** A definition as one number over all its rows, or why it cannot be one. */
export type TotalQuery =
  | {
      readonly kind: 'total';
      /** Its one column is `total`. */
      readonly query: NormalQuery;
      readonly sql: string;
      readonly reads: readonly RelationId[];
    }
  | { readonly kind: 'no-total'; readonly because: string };

/**
 * The arithmetic over the rows its own statement joins, without the statement's filters and groups: what definitions of one
 * word are compared by. Only functions that are known and change nothing; never a value that was taken out.
 */
export function totalQuery(
  { example, hidesValues }: Pick<WordDefinition, 'example' | 'hidesValues'>,
  dialect: DialectName,
): TotalQuery {
  if (hidesValues === 'of each run') {
    return noTotal('it holds values that change from run to run');
  }
  const plain = computing(example.measure);
  if (plain === undefined) {
    return noTotal('it is put together from several groupings');
  }
  const query = overAllRows(plain.block, [{ name: 'total', expr: plain.expr }]);
  const barrier = barrierOf(plain.block) ?? barriersIn(plain.expr)[0];
  if (barrier !== undefined) {
    return noTotal(barrier);
  }
  const printed = printQuery(query, dialect);
  return printed.kind === 'printed'
    ? { kind: 'total', query, sql: printed.sql, reads: tablesOfTree(plain.block.from) }
    : noTotal(printed.because);
}

/** All totals in one statement, in the order of the queries. */
export function totalsSql(queries: readonly { readonly sql: string }[]): string {
  const totals = queries.map(({ sql }, at) => `(${sql}) as total_${at + 1}`);
  return `select ${totals.join(',\n')}`;
}

/** An output several definitions are grouped by. */
export interface GroupedTotals {
  /** As people read it. */
  readonly by: string;
  /** Gives how many groups there are, in how many the definitions differ, and the largest difference as a share. */
  readonly sql: string;
}

/** The definitions group by group, where all their statements group by one thing; differences below a thousand millionth are none. */
export function groupedTotalsSql(
  definitions: readonly WordDefinition[],
  dialect: Dialect,
): GroupedTotals | undefined {
  const [first, ...others] = definitions.map((definition) => groupsOf(definition, dialect));
  if (first === undefined || others.length === 0) {
    return undefined;
  }
  for (const [by, sql] of first) {
    const all = [sql, ...others.flatMap((groups) => groups.get(by) ?? [])];
    if (all.length === definitions.length) {
      return { by, sql: comparing(all) };
    }
  }
  return undefined;
}

function comparing(grouped: readonly string[]): string {
  const rows = grouped.map(
    (sql) => `select k, coalesce(total, 0) as total from (\n${sql}\n) as one`,
  );
  const differs = `n < ${grouped.length} or hi - lo > 0.000000001 * abs(hi)`;
  return `select count(*) as all_groups,
  sum(case when ${differs} then 1 else 0 end) as differing,
  max(case when hi <> lo and (hi <> 0 or lo <> 0) then (hi - lo) * 1.0 / case when abs(hi) > abs(lo) then abs(hi) else abs(lo) end end) as largest
from (
  select k, count(*) as n, max(total) as hi, min(total) as lo
  from (
${rows.join('\nunion all\n')}
  ) as every_total
  group by k
) as by_group`;
}

/** Per thing its example is grouped by: the text people read, and the statement. */
function groupsOf({ example }: WordDefinition, dialect: Dialect): ReadonlyMap<string, string> {
  const plain = computing(example.measure);
  const found = new Map<string, string>();
  for (const key of plain?.block.groupBy ?? []) {
    if (plain === undefined || holdsValue(key)) {
      continue;
    }
    const query = overAllRows(plain.block, [
      { name: 'k', expr: key },
      { name: 'total', expr: plain.expr },
    ]);
    const grouped = {
      ...query,
      body: { kind: 'block', block: { ...query.block, groupBy: [key] } },
    } as const;
    const printed = printQuery(grouped, dialect.name);
    if (printed.kind === 'printed') {
      found.set(definitionText(key, { dialect, tables: example.tables }), printed.sql);
    }
  }
  return found;
}

/** Anything but the unit of a date: what is told is told without values. */
function holdsValue(key: BoundExpr): boolean {
  return someExpr(key, (part) => part.kind === 'literal' && !isDatePart(part.text));
}

interface Computed {
  readonly block: Block;
  readonly expr: BoundExpr;
}

/** The block whose own aggregates make the measure. */
function computing({ block, expr }: Computed | Measure): Computed | undefined {
  if (holdsAggregate(expr)) {
    return { block, expr };
  }
  const source = expr.kind === 'ref' ? sourceOf(block.from, expr.occ) : undefined;
  if (expr.kind !== 'ref' || source?.body.kind !== 'block') {
    return undefined;
  }
  const item = source.body.block.items[source.outputs.indexOf(expr.column)];
  return item && computing({ block: source.body.block, expr: item.expr });
}

function sourceOf(tree: JoinTree, occ: number): NormalQuery | undefined {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return undefined;
    case 'query':
      return tree.occ === occ ? tree.query : undefined;
    case 'inner':
      return tree.members.map((member) => sourceOf(member, occ)).find((query) => query);
    case 'outer':
      return sourceOf(tree.left, occ) ?? sourceOf(tree.right, occ);
  }
}

function overAllRows(block: Block, items: Block['items']): NormalQuery & { readonly block: Block } {
  const over: Block = {
    from: block.from,
    where: block.where.filter(joinsSources),
    groupBy: [],
    items,
    having: [],
    distinct: false,
    barriers: [],
  };
  return {
    block: over,
    body: { kind: 'block', block: over },
    outputs: items.map(({ name }) => name),
    orderBy: [],
  };
}

/** What in the rows themselves is not settled by the data. */
function barrierOf(block: Block): string | undefined {
  const sources = sourceBlocks(block.from);
  return [...block.barriers, ...sources.flatMap(({ barriers }) => barriers)].find(
    (barrier) => barrier !== 'window',
  );
}

function sourceBlocks(tree: JoinTree): readonly Block[] {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return [];
    case 'query':
      return tree.query.body.kind === 'block'
        ? [tree.query.body.block, ...sourceBlocks(tree.query.body.block.from)]
        : [];
    case 'inner':
      return tree.members.flatMap(sourceBlocks);
    case 'outer':
      return [...sourceBlocks(tree.left), ...sourceBlocks(tree.right)];
  }
}

function noTotal(because: string): TotalQuery {
  return { kind: 'no-total', because };
}
