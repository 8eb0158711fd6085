import type { RelationId } from '../../base/relation.ts';
import type { MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { NormalQuery } from '../normal-query.ts';
import { toBound } from '../normalize/to-bound.ts';
import { sourcesOf } from '../normalize/walk.ts';
import type { SchemaSnapshot } from '../schema.ts';
import type { BitSet } from './bit-sets.ts';
import { bitSetOf, isWithin, numbering } from './bit-sets.ts';
import type { BlockMiss } from './block-request.ts';
import type { ColumnTypes } from './column-types.ts';
import { columnTypesOf } from './column-types.ts';
import type { MartView, PreparedBlock, PreparedMart } from './prepared.ts';
import { prepareMart } from './prepared.ts';
import type { Lack, MartTraits, QueryTraits, TraitScope } from './traits.ts';
import { lackOf, traitsOfMart, traitsOfQuery } from './traits.ts';

/** Marts by the tables they read: a query meets only those that share a table with it. */
export interface MartIndex {
  readonly types: ColumnTypes;
  /** The marts worth trying on a block, and why others over its tables are not. */
  readonly shortlist: (query: PreparedBlock, asked: Asked) => Shortlist;
  /** Marts whose whole definition has this key. */
  readonly wholes: (key: string) => readonly PreparedMart[];
}

export interface Asked {
  /** Every table the query reads, at any depth. */
  readonly tables: ReadonlySet<RelationId>;
  readonly orderBy: readonly BoundExpr[];
}

export interface Shortlist {
  readonly marts: readonly PreparedMart[];
  /** True where the marts are so few that far-fetched ways are tried too. */
  readonly isShort: boolean;
  readonly misses: readonly { readonly mart: PreparedMart; readonly miss: BlockMiss }[];
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
/** So many marts over a query's tables are all tried; more are sifted by what they surely lack. */
const FEW = 6;

interface Entry {
  readonly number: number;
  readonly mart: PreparedMart;
  readonly tables: BitSet;
  readonly traits: MartTraits | undefined;
}

function makeIndex(marts: readonly MartView[], { schema, dialect }: IndexScope): MartIndex {
  const types = columnTypesOf(schema, dialect);
  const scope: TraitScope = { columns: numbering(), tables: numbering() };
  const byTable = new Map<RelationId, Entry[]>();
  const byKey = new Map<string, PreparedMart[]>();
  const taken = new Uint32Array(marts.length);
  let round = 0;
  /** Each entry once; a mark costs far less than a set where marts are thousands. */
  const entriesOver = (all: readonly Entry[]): readonly Entry[] => {
    round += 1;
    return all.filter(({ number }) => {
      const isNew = taken[number] !== round;
      taken[number] = round;
      return isNew;
    });
  };
  for (const [number, view] of marts.entries()) {
    const mart = prepareMart(view, types);
    const tables = [...tablesOf(view.query)];
    const entry = {
      number,
      mart,
      tables: bitSetOf(tables.map(scope.tables.numberOf)),
      traits: traitsOfMart(mart, scope),
    };
    for (const table of tables) {
      const entries = byTable.get(table) ?? [];
      entries.push(entry);
      byTable.set(table, entries);
    }
    byKey.set(mart.wholeKey, [...(byKey.get(mart.wholeKey) ?? []), mart]);
  }
  return {
    types,
    shortlist(query, { tables, orderBy }) {
      const asked = bitSetOf([...tables].map(scope.tables.numberOf));
      const entries = entriesOver([...tables].flatMap((table) => byTable.get(table) ?? []));
      const able = entries.filter((entry) => mayAnswer(entry, asked));
      if (able.length <= FEW) {
        const others = entries.filter((entry) => !able.includes(entry)).slice(0, MOST_EXPLAINED);
        return { marts: [...able, ...others].map(({ mart }) => mart), isShort: true, misses: [] };
      }
      return sift(able, traitsOfQuery(query, { orderBy, scope }));
    },
    wholes: (key) => byKey.get(key) ?? [],
  };
}

/** Steps as the matcher counts them, so that reasons of both kinds sort together. */
const STEPS = { predicate: 4, filter: 5, rows: 5, column: 6 } as const;
const NEAREST_FIRST = ['column', 'filter', 'rows', 'predicate'] as const;

function sift(entries: readonly Entry[], query: QueryTraits): Shortlist {
  const marts: PreparedMart[] = [];
  const lacking: { readonly mart: PreparedMart; readonly lack: Lack }[] = [];
  for (const { mart, traits } of entries) {
    const lack = traits === undefined ? undefined : lackOf(traits, query);
    if (lack === undefined) {
      marts.push(mart);
    } else {
      lacking.push({ mart, lack });
    }
  }
  const nearest = NEAREST_FIRST.flatMap((kind) => lacking.filter(({ lack }) => lack.kind === kind));
  return {
    marts: marts.toSorted((a, b) => rowsOf(a) - rowsOf(b)),
    isShort: false,
    misses: nearest
      .slice(0, MOST_EXPLAINED)
      .map(({ mart, lack }) => ({ mart, miss: missOf(lack) })),
  };
}

function missOf({ kind, column }: Lack): BlockMiss {
  return { kind: 'miss', steps: STEPS[kind], reason: reasonOf(kind, column) };
}

function reasonOf(kind: Lack['kind'], column: string): MissReason {
  switch (kind) {
    case 'predicate':
      return {
        code: 'PREDICATE_NOT_IMPLIED',
        text: `the mart keeps only rows that satisfy a condition on ${column}, which the query does not imply`,
      };
    case 'filter':
      return {
        code: 'FILTER_COLUMN_NOT_IN_MART',
        text: `the query filters or joins on ${column}, which the mart does not give for each of its rows; with that column it may match`,
      };
    case 'rows':
      return {
        code: 'NEEDS_ROWS',
        text: 'the query needs single rows, and the mart has grouped them',
      };
    case 'column':
      return {
        code: 'COLUMN_NOT_IN_MART',
        text: `the query needs ${column}, which the mart does not hold; with that column it may match`,
      };
  }
}

/** What is known of the mart's own size; marts of unknown size come last. */
export function rowsOf({ view }: PreparedMart): number {
  const count = view.facts.rowCounts.find((each) => each.relation === view.relation);
  return count?.rows ?? Number.MAX_SAFE_INTEGER;
}

/** Tables the query lacks need facts to be removed; tables the mart lacks need one snapshot to be joined. */
function mayAnswer({ mart, tables }: Entry, asked: BitSet): boolean {
  const { facts, sameSnapshot } = mart.view;
  return (
    (sameSnapshot === true || isWithin(asked, tables)) &&
    (facts.uniqueKeys.length > 0 || isWithin(tables, asked))
  );
}

/** Every relation a query reads, at any depth. */
export function tablesOf(query: NormalQuery): ReadonlySet<RelationId> {
  return new Set(
    sourcesOf(toBound(query)).flatMap((from) => (from.kind === 'table' ? [from.relation] : [])),
  );
}
