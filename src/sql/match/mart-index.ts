import type { RelationId } from '../../base/relation.ts';
import type { DialectName } from '../dialect.ts';
import type { NormalQuery } from '../normal-query.ts';
import { toBound } from '../normalize/to-bound.ts';
import { sourcesOf } from '../normalize/walk.ts';
import type { SchemaSnapshot } from '../schema.ts';
import type { ColumnTypes } from './column-types.ts';
import { columnTypesOf } from './column-types.ts';
import type { MartView, PreparedMart } from './prepared.ts';
import { prepareMart } from './prepared.ts';

/** Marts by the tables they read: a query meets only those that share a table with it. */
export interface MartIndex {
  readonly types: ColumnTypes;
  /** Marts that could answer a block over these tables, in the order they were given, then a few that say why not. */
  readonly thatRead: (tables: ReadonlySet<RelationId>) => readonly PreparedMart[];
  /** Marts whose whole definition has this key. */
  readonly wholes: (key: string) => readonly PreparedMart[];
}

/** What names and types mean to the marts. */
export interface IndexScope {
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
}

const indexes = new WeakMap<readonly MartView[], IndexScope & { readonly index: MartIndex }>();

/** The index of a list of marts, kept as long as the list: a list is never changed, only replaced. */
export function indexMarts(marts: readonly MartView[], { schema, dialect }: IndexScope): MartIndex {
  const known = indexes.get(marts);
  if (known?.schema === schema && known.dialect === dialect) {
    return known.index;
  }
  const index = makeIndex(marts, { schema, dialect });
  indexes.set(marts, { schema, dialect, index });
  return index;
}

/** Marts that cannot answer are still asked for their reasons, but only a few. */
const MOST_EXPLAINED = 6;

interface Entry {
  readonly mart: PreparedMart;
  readonly tables: ReadonlySet<RelationId>;
}

function makeIndex(marts: readonly MartView[], { schema, dialect }: IndexScope): MartIndex {
  const types = columnTypesOf(schema, dialect);
  const byTable = new Map<RelationId, Entry[]>();
  const byKey = new Map<string, PreparedMart[]>();
  for (const view of marts) {
    const mart = prepareMart(view, types);
    const entry = { mart, tables: tablesOf(view.query) };
    for (const table of entry.tables) {
      byTable.set(table, [...(byTable.get(table) ?? []), entry]);
    }
    byKey.set(mart.wholeKey, [...(byKey.get(mart.wholeKey) ?? []), mart]);
  }
  return {
    types,
    thatRead(tables) {
      const entries = new Set([...tables].flatMap((table) => byTable.get(table) ?? []));
      const able = [...entries].filter((entry) => mayAnswer(entry, tables));
      const others = [...entries]
        .filter((entry) => !mayAnswer(entry, tables))
        .slice(0, MOST_EXPLAINED);
      return [...able, ...others].map((entry) => entry.mart);
    },
    wholes: (key) => byKey.get(key) ?? [],
  };
}

/** Tables the query lacks need facts to be removed; tables the mart lacks need one snapshot to be joined. */
function mayAnswer({ mart, tables }: Entry, asked: ReadonlySet<RelationId>): boolean {
  const { facts, sameSnapshot } = mart.view;
  const hasExtra = [...tables].some((table) => !asked.has(table));
  const lacks = [...asked].some((table) => !tables.has(table));
  return (!hasExtra || facts.uniqueKeys.length > 0) && (!lacks || sameSnapshot === true);
}

/** Every relation a query reads, at any depth. */
export function tablesOf(query: NormalQuery): ReadonlySet<RelationId> {
  return new Set(
    sourcesOf(toBound(query)).flatMap((from) => (from.kind === 'table' ? [from.relation] : [])),
  );
}
