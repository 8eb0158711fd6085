import { type RelationId, relationParts } from '../base/relation.ts';
import { refsOf } from '../candidates/expressions.ts';
import type { Facts } from '../marts/facts.ts';
import type { MartDefinition, Obligation } from '../marts/mart.ts';
import { type SlimParts, slimQuery } from '../prune/slim-query.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
import { columnTypesOf } from '../sql/match/column-types.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { printQuery } from '../sql/print/print-query.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { underNamesOfToday } from './names-of-today.ts';
import type { SchemaChange } from './schema-change.ts';
import type { SourceNow } from './source-now.ts';

export interface WithoutParts {
  readonly dialect: DialectName;
  /** The definition, parsed. */
  readonly query: Query;
  readonly before: SchemaIndex;
  readonly sources: readonly SourceNow[];
  /** Sources that are gone, and columns of those that are left. */
  readonly gone: readonly Gone[];
  /** What held of its sources when they were read last: whether a join can go is told by it. */
  readonly facts: Facts;
}

/** What a definition cannot be computed without. */
export type Gone = Extract<SchemaChange, { readonly kind: 'column-removed' | 'relation-removed' }>;

export function isGone(change: SchemaChange): change is Gone {
  return change.kind === 'column-removed' || change.kind === 'relation-removed';
}

/** A definition without the columns that were made of what is gone, or why there is none. */
export type Without =
  | {
      readonly kind: 'without';
      readonly definition: MartDefinition;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * What is left of a definition when sources or columns of them are gone: the same rows without the columns that were made of them. A source
 * goes where its join neither multiplied nor lost rows. Where what is gone chose, joined or grouped rows there is nothing left that
 * means the same, and nothing takes its place.
 */
export function withoutColumns(
  definition: MartDefinition,
  { dialect, query, before, sources, gone, facts }: WithoutParts,
): Without {
  const { database, schema } = relationParts(definition.relation);
  const bound = bindQuery(query, {
    schema: before,
    names: { database, schema },
    dialect: dialectOf(dialect),
  });
  const whole = normalize(bound.query);
  const tables = whole.body.kind === 'block' ? tablesOf(whole.body.block.from) : undefined;
  if (bound.notUnderstood.length > 0 || tables === undefined) {
    return refused(MORE_THAN_A_BLOCK);
  }
  const isMadeOfIt = (piece: unknown) =>
    refsOf(piece).some(({ occ, column }) =>
      gone.some(
        (one) =>
          tables.get(occ) === one.relation &&
          (one.kind === 'relation-removed' || one.column === column),
      ),
    );
  const goneTables = new Set(
    gone.flatMap((one) => (one.kind === 'relation-removed' ? [one.relation] : [])),
  );
  const read =
    goneTables.size === 0
      ? whole
      : withoutJoins(whole, { isMadeOfIt, facts, types: columnTypesOf(before.snapshot, dialect) });
  const { body } = read;
  if (body.kind !== 'block' || body.block.distinct || body.block.barriers.length > 0) {
    return refused(MORE_THAN_A_BLOCK);
  }
  const { block } = body;
  const { items: _items, ...frame } = block;
  const stillRead = [...(tablesOf(block.from) ?? tables).values()];
  if (
    isMadeOfIt(frame) ||
    isMadeOfIt(read.orderBy) ||
    stillRead.some((relation) => goneTables.has(relation))
  ) {
    return refused('what is gone chose, joined or grouped its rows');
  }
  const items = block.items.filter(({ expr }) => !isMadeOfIt(expr));
  const left = new Set(items.map(({ name }) => name));
  const columns = definition.columns.filter(({ name }) => left.has(name));
  const lost = definition.columns.filter(({ name }) => !left.has(name)).map(({ name }) => name);
  if (columns.length === 0 || lost.length === 0 || columns.length !== items.length) {
    return refused('nothing would be left of it');
  }
  const kept: NormalQuery = {
    ...read,
    body: { kind: 'block', block: { ...frame, items } satisfies Block },
    outputs: items.map(({ name }) => name),
  };
  const printed = printQuery(underNamesOfToday(kept, sources), dialect);
  if (printed.kind === 'unprintable') {
    return refused(`what is left of it cannot be written: ${printed.because}`);
  }
  const obligations = definition.obligations.filter((one) => !restsOn(one, gone));
  const stillThere = definition.sources.filter((source) => !goneTables.has(source));
  return {
    kind: 'without',
    definition: { ...definition, sql: printed.sql, columns, sources: stillThere, obligations },
    columns: lost,
  };
}

const MORE_THAN_A_BLOCK = 'its definition is more than one block of joins and one grouping';

/** Slimmed to the outputs that are left: joins that only the others needed go, where the facts say that no row hangs on them. */
function withoutJoins(
  query: NormalQuery,
  {
    isMadeOfIt,
    ...parts
  }: Pick<SlimParts, 'facts' | 'types'> & { readonly isMadeOfIt: (piece: unknown) => boolean },
): NormalQuery {
  const { body } = query;
  const items = body.kind === 'block' ? body.block.items : [];
  const keep = new Set(
    query.outputs.filter((_, at) => items[at] !== undefined && !isMadeOfIt(items[at].expr)),
  );
  return keep.size === 0 ? query : slimQuery(query, { ...parts, keep }).query;
}

function refused(because: string): Without {
  return { kind: 'refused', because };
}

/** Relations by occurrence; absent where it reads more than tables. */
function tablesOf(tree: JoinTree): ReadonlyMap<number, RelationId> | undefined {
  switch (tree.kind) {
    case 'none':
      return new Map();
    case 'table':
      return new Map([[tree.occ, tree.relation]]);
    case 'query':
      return undefined;
    case 'inner':
    case 'outer': {
      const parts = (tree.kind === 'inner' ? tree.members : [tree.left, tree.right]).map(tablesOf);
      return parts.some((part) => part === undefined)
        ? undefined
        : new Map(parts.flatMap((part) => [...(part ?? [])]));
    }
  }
}

function restsOn(obligation: Obligation, gone: WithoutParts['gone']): boolean {
  const isAny = (relation: string, columns: readonly string[]) =>
    gone.some(
      (one) =>
        one.relation === relation &&
        (one.kind === 'relation-removed' || columns.includes(one.column)),
    );
  switch (obligation.kind) {
    case 'unique-key':
      return isAny(obligation.relation, obligation.columns);
    case 'not-null':
      return isAny(obligation.relation, [obligation.column]);
    case 'inclusion':
      return (
        isAny(obligation.from, obligation.fromColumns) || isAny(obligation.to, obligation.toColumns)
      );
  }
}
