import type { RelationId } from '../../base/relation.ts';
import type { MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { NormalQuery } from '../normal-query.ts';
import { toBound } from '../normalize/to-bound.ts';
import { sourcesOf } from '../normalize/walk.ts';
import type { SchemaSnapshot } from '../schema.ts';
import type { BitSet } from './bit-sets.ts';
import { bitSetOf, numbering, numbersIn, without } from './bit-sets.ts';
import type { BlockMiss } from './block-request.ts';
import type { ColumnTypes } from './column-types.ts';
import { columnTypesOf } from './column-types.ts';
import { martSets } from './mart-sets.ts';
import type { MartView, PreparedBlock, PreparedMart } from './prepared.ts';
import { prepareMart } from './prepared.ts';
import type { Lack, QueryTraits, TraitScope } from './traits.ts';
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
/** Marts that hold only some of the rows are tried where no other fits: the rest may be read from elsewhere. */
const MOST_NARROWER = 3;

/** What no mart has: names that only queries bring are all numbered so, and never kept. */
const UNKNOWN = '';

function makeIndex(marts: readonly MartView[], { schema, dialect }: IndexScope): MartIndex {
  const types = columnTypesOf(schema, dialect);
  const [columns, tables] = [numbering(), numbering()];
  const unknown = [columns.numberOf(UNKNOWN), tables.numberOf(UNKNOWN)] as const;
  const martScope: TraitScope = { columnOf: columns.numberOf, tableOf: tables.numberOf };
  const queryScope: TraitScope = {
    columnOf: (name) => columns.find(name) ?? unknown[0],
    tableOf: (name) => tables.find(name) ?? unknown[1],
  };
  const prepared = marts.map((view) => prepareMart(view, types));
  const byKey = new Map<string, PreparedMart[]>();
  for (const mart of prepared) {
    for (const key of [mart.wholeKey, ...(mart.cut === undefined ? [] : [mart.cut.key])]) {
      byKey.set(key, [...(byKey.get(key) ?? []), mart]);
    }
  }
  const numbered = prepared.map((mart, number) => ({
    number,
    tables: bitSetOf([...tablesOf(mart.view.query)].map(tables.numberOf)),
    traits: traitsOfMart(mart, martScope),
    // Tables the mart lacks need one snapshot to be joined; tables the query lacks need facts to be removed.
    joinsBase: mart.view.sameSnapshot === true,
    hasKeys: mart.view.facts.uniqueKeys.length > 0,
  }));
  const sets = martSets(numbered);
  const martsOf = (numbers: Iterable<number>): readonly PreparedMart[] =>
    [...numbers].flatMap((number) => prepared[number] ?? []);
  const lackIn = (number: number, query: QueryTraits): Lack | undefined => {
    const traits = numbered[number]?.traits;
    return traits === undefined ? undefined : lackOf(traits, query);
  };

  function sift(able: BitSet, query: QueryTraits): Shortlist {
    const { fit, unfit } = sets.sift(able, query);
    const numbers = [...numbersIn(fit)];
    const narrow = numbers.filter((number) => lackIn(number, query) !== undefined);
    const left = martsOf(numbers.filter((number) => !narrow.includes(number)));
    const lacking = [...firstOf([...unfit.map(numbersIn), narrow], MOST_EXPLAINED)];
    return {
      marts:
        left.length > 0
          ? left.toSorted((a, b) => rowsOf(a) - rowsOf(b))
          : martsOf(narrow.slice(0, MOST_NARROWER)),
      isShort: false,
      misses: lacking.flatMap((number) => {
        const [mart, lack] = [prepared[number], lackIn(number, query)];
        return mart === undefined || lack === undefined ? [] : [{ mart, miss: missOf(lack) }];
      }),
    };
  }

  return {
    types,
    shortlist(query, { tables: read, orderBy }) {
      const asked = bitSetOf([...read].map(queryScope.tableOf));
      const able = sets.over(asked);
      const few = [...firstOf([numbersIn(able)], FEW + 1)];
      if (few.length > FEW) {
        return sift(able, traitsOfQuery(query, { orderBy, scope: queryScope }));
      }
      const others = firstOf([numbersIn(without(sets.touching(asked), able))], MOST_EXPLAINED);
      return { marts: martsOf([...few, ...others]), isShort: true, misses: [] };
    },
    wholes: (key) => byKey.get(key) ?? [],
  };
}

function* firstOf(lists: readonly Iterable<number>[], most: number): Generator<number> {
  let given = 0;
  for (const list of lists) {
    for (const number of list) {
      if (given >= most) {
        return;
      }
      given += 1;
      yield number;
    }
  }
}

/** Steps as the matcher counts them, so that reasons of both kinds sort together. */
const STEPS = { predicate: 4, filter: 5, rows: 5, column: 6 } as const;

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

/** Every relation a query reads, at any depth. */
export function tablesOf(query: NormalQuery): ReadonlySet<RelationId> {
  return new Set(
    sourcesOf(toBound(query)).flatMap((from) => (from.kind === 'table' ? [from.relation] : [])),
  );
}
