import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import { familyOf } from '../sql/match/column-types.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import { keepsKeys, withoutOrphans } from './keeps-facts.ts';
import type { RandomNumbers } from './random-numbers.ts';
import { pick, randomNumbers } from './random-numbers.ts';
import type { LiteralTexts, SeenLiterals } from './seen-literals.ts';
import { columnKey } from './seen-literals.ts';
import { poolFor, textPoolFor } from './value-pools.ts';

/** The rows of one table, each value as the text of a SQL literal. */
export interface RandomTable {
  readonly relation: RelationId;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type RandomDatabase = readonly RandomTable[];

export interface RandomDatabaseRequest {
  readonly relations: readonly SchemaRelation[];
  /** Respected: unique keys, inclusions, not-nulls. */
  readonly facts: Facts;
  /** Literals of the statements under test: values are drawn around them. */
  readonly literals: SeenLiterals;
  /** Equal seeds, equal databases, on every machine. */
  readonly seed: number;
}

const MOST_ROWS = 5;
const NULL_SHARES = [0, 0.2, 0.2, 0.5];
const DUPLICATE_SHARE = 0.3;
const MATCH_SHARE = 0.6;
/** How often a column with literals of its own draws from around them. */
const NEAR_SHARE = 0.7;
/** Databases whose columns know few values each, so that groups, joins and filters meet. */
const NARROW_SHARE = 0.5;

/** A small database that keeps to the facts, with NULLs, duplicates, orphans and values near the literals. */
export function randomDatabase({ seed, ...request }: RandomDatabaseRequest): RandomDatabase {
  return databaseMaker(request)(seed);
}

/** Makes databases, one a seed. */
export function databaseMaker(
  request: Omit<RandomDatabaseRequest, 'seed'>,
): (seed: number) => RandomDatabase {
  const { facts } = request;
  const ordered = parentsFirst(request);
  const pools = new Map(ordered.flatMap((relation) => poolsOf(relation, request)));
  const places = ordered.map((relation, at) =>
    placesOf(relation, { before: ordered.slice(0, at), request }),
  );
  return (seed) => {
    const random = randomNumbers(seed);
    const nullShare = pick(NULL_SHARES, random) ?? 0;
    const drawn = random() < NARROW_SHARE ? narrowed(pools, random) : pools;
    const made = new Map<RelationId, RandomTable>();
    for (const [at, relation] of ordered.entries()) {
      const columns = places[at] ?? [];
      made.set(
        relation.id,
        randomTable(relation, { facts, random, nullShare, made, drawn, columns }),
      );
    }
    return withoutOrphans([...made.values()], facts);
  };
}

/** A column of a table, and what holds for it in every database. */
interface ColumnPlace {
  readonly name: string;
  readonly key: string;
  /** Its values are a parent's: a reference says so. */
  readonly isBound: boolean;
  /** Columns of tables made before that it may meet in a join. */
  readonly meets: readonly { readonly relation: RelationId; readonly at: number }[];
}

/** Where no inclusion says so, columns set equal or named alike still often hold the same values, as joins expect. */
function placesOf(
  { id, columns }: SchemaRelation,
  {
    before,
    request: { facts, literals },
  }: {
    readonly before: readonly SchemaRelation[];
    readonly request: Pick<RandomDatabaseRequest, 'facts' | 'literals'>;
  },
): readonly ColumnPlace[] {
  const bound = new Set(
    facts.inclusions.filter((each) => each.from === id).flatMap((each) => each.fromColumns),
  );
  return columns.map(({ name, type }) => {
    const key = columnKey(id, name);
    const partners = literals.equated?.get(key) ?? [];
    const meets = before.flatMap((other) =>
      other.columns.flatMap((column, place) => {
        const isPartner =
          column.name === name || partners.includes(columnKey(other.id, column.name));
        return isPartner && column.type === type ? [{ relation: other.id, at: place }] : [];
      }),
    );
    return { name, key, isBound: bound.has(name), meets };
  });
}

interface ColumnPool {
  readonly type: string;
  readonly isNotNull: boolean;
  readonly all: readonly string[];
  /** Around the literals that stand with this column; empty where there are none. */
  readonly near: readonly string[];
}

type Pools = ReadonlyMap<string, ColumnPool>;

function poolsOf(
  relation: SchemaRelation,
  { facts, literals }: Pick<RandomDatabaseRequest, 'facts' | 'literals'>,
): readonly (readonly [string, ColumnPool])[] {
  return relation.columns.map(({ name, type, notNull }) => {
    const key = columnKey(relation.id, name);
    const own = literals.ofColumn?.get(key);
    const isNotNull =
      notNull ||
      facts.notNull.some((each) => each.relation === relation.id && each.column === name);
    const castTo = familyOf(type.toLowerCase()) === 'text' ? literals.castTo?.get(key) : undefined;
    const pool = (texts: LiteralTexts) =>
      castTo === undefined ? poolFor(type, texts) : textPoolFor(castTo, texts);
    const near = own === undefined ? [] : pool(own);
    return [key, { type, isNotNull, all: pool(literals), near }];
  });
}

function narrowed(pools: Pools, random: RandomNumbers): Pools {
  return new Map(
    [...pools].map(([key, pool]) => {
      const few = Array.from({ length: 2 }, () => draw(pool, random));
      return [key, { ...pool, all: few, near: [] }];
    }),
  );
}

function draw({ all, near }: Pick<ColumnPool, 'all' | 'near'>, random: RandomNumbers): string {
  return pick(near.length > 0 && random() < NEAR_SHARE ? near : all, random) ?? 'NULL';
}

interface TableParts {
  readonly facts: Facts;
  readonly random: RandomNumbers;
  readonly nullShare: number;
  readonly made: ReadonlyMap<RelationId, RandomTable>;
  readonly drawn: Pools;
  /** Of the table that is made. */
  readonly columns: readonly ColumnPlace[];
}

function randomTable(relation: SchemaRelation, parts: TableParts): RandomTable {
  const columns = relation.columns.map((column) => column.name);
  const table = { relation: relation.id, columns };
  const rows: (readonly string[])[] = [];
  const wanted = Math.floor(parts.random() * (MOST_ROWS + 1));
  for (let tries = 0; rows.length < wanted && tries < wanted * 8; tries += 1) {
    const last = rows.at(-1);
    const row =
      last !== undefined && parts.random() < DUPLICATE_SHARE
        ? likeRow(last, { relation, parts })
        : randomRow(relation, parts);
    if (row !== undefined && keepsKeys({ ...table, rows: [...rows, row] }, parts.facts)) {
      rows.push(row);
    }
  }
  return { ...table, rows };
}

/** The row again, or, where a key forbids that, with another key: two rows that pass the same filters and fall into one group. */
function likeRow(
  row: readonly string[],
  { relation, parts }: { readonly relation: SchemaRelation; readonly parts: TableParts },
): readonly string[] {
  const { facts, random, drawn } = parts;
  const keys = new Set(
    facts.uniqueKeys.flatMap((key) => (key.relation === relation.id ? key.columns : [])),
  );
  return row.map((value, at) => {
    const name = relation.columns[at]?.name ?? '';
    const pool = keys.has(name) ? drawn.get(columnKey(relation.id, name)) : undefined;
    return pool === undefined ? value : draw(pool, random);
  });
}

function randomRow(relation: SchemaRelation, parts: TableParts): readonly string[] | undefined {
  const { facts, random, nullShare, made, drawn, columns } = parts;
  const values = new Map<string, string>();
  for (const { name, key } of columns) {
    const pool = drawn.get(key);
    const isNull = pool === undefined || (!pool.isNotNull && random() < nullShare);
    values.set(name, isNull ? 'NULL' : draw(pool, random));
  }
  for (const { from, fromColumns, to, toColumns } of facts.inclusions) {
    const parent = from === relation.id ? made.get(to) : undefined;
    const hasNull = fromColumns.some((column) => values.get(column) === 'NULL');
    if (parent === undefined || hasNull) {
      continue;
    }
    const candidates = parent.rows
      .map((row) => toColumns.map((column) => row[parent.columns.indexOf(column)] ?? 'NULL'))
      .filter((row) => !row.includes('NULL'));
    const chosen = pick(candidates, random);
    if (chosen === undefined) {
      return undefined;
    }
    fromColumns.forEach((column, index) => values.set(column, chosen[index] ?? 'NULL'));
  }
  if (random() < MATCH_SHARE) {
    alignWithOthers(values, parts);
  }
  return relation.columns.map((column) => values.get(column.name) ?? 'NULL');
}

function alignWithOthers(values: Map<string, string>, { made, random, columns }: TableParts): void {
  for (const { name, isBound, meets } of columns) {
    const present = meets.flatMap(({ relation, at }) =>
      (made.get(relation)?.rows ?? []).flatMap((row) => {
        const value = row[at] ?? 'NULL';
        return value === 'NULL' ? [] : [value];
      }),
    );
    const chosen = pick(present, random);
    if (!isBound && chosen !== undefined && values.get(name) !== 'NULL') {
      values.set(name, chosen);
    }
  }
}

function parentsFirst({
  relations,
  facts,
}: Pick<RandomDatabaseRequest, 'relations' | 'facts'>): readonly SchemaRelation[] {
  const ordered: SchemaRelation[] = [];
  const open = new Set(relations);
  while (open.size > 0) {
    const ready = [...open].filter((relation) =>
      facts.inclusions.every(
        (each) =>
          each.from !== relation.id ||
          each.to === relation.id ||
          ![...open].some((other) => other.id === each.to),
      ),
    );
    const next = ready.length > 0 ? ready : [...open];
    for (const relation of next) {
      ordered.push(relation);
      open.delete(relation);
    }
  }
  return ordered;
}
