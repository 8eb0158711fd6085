import { relationParts } from '../base/relation.ts';
import { refsOf } from '../candidates/expressions.ts';
import type { MartDefinition, Obligation } from '../marts/mart.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
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
  /** Columns of its sources that are gone. */
  readonly gone: readonly Extract<SchemaChange, { readonly kind: 'column-removed' }>[];
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
 * What is left of a definition when columns of its sources are gone: the same rows without the columns that were made of them. Where a
 * gone column chose, joined or grouped rows there is nothing left that means the same, and nothing takes its place.
 */
export function withoutColumns(
  definition: MartDefinition,
  { dialect, query, before, sources, gone }: WithoutParts,
): Without {
  const { database, schema } = relationParts(definition.relation);
  const bound = bindQuery(query, {
    schema: before,
    names: { database, schema },
    dialect: dialectOf(dialect),
  });
  const read = normalize(bound.query);
  const { body } = read;
  if (bound.notUnderstood.length > 0 || body.kind !== 'block' || body.block.distinct) {
    return refused('its definition is more than one block of joins and one grouping');
  }
  const { block } = body;
  const tables = tablesOf(block.from);
  if (tables === undefined || block.barriers.length > 0) {
    return refused('its definition is more than one block of joins and one grouping');
  }
  const isGone = (piece: unknown) =>
    refsOf(piece).some(({ occ, column }) =>
      gone.some((one) => tables.get(occ) === one.relation && one.column === column),
    );
  const { items: _items, ...frame } = block;
  if (isGone(frame) || isGone(read.orderBy)) {
    return refused('a column that is gone chose, joined or grouped its rows');
  }
  const items = block.items.filter(({ expr }) => !isGone(expr));
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
  return {
    kind: 'without',
    definition: { ...definition, sql: printed.sql, columns, obligations },
    columns: lost,
  };
}

function refused(because: string): Without {
  return { kind: 'refused', because };
}

/** Relations by occurrence; absent where it reads more than tables. */
function tablesOf(tree: JoinTree): ReadonlyMap<number, string> | undefined {
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
    gone.some((one) => one.relation === relation && columns.includes(one.column));
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
