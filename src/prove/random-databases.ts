import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { SchemaRelation } from '../sql/schema.ts';
import type { SeenLiterals } from './value-pools.ts';
import { poolFor } from './value-pools.ts';

/** The rows of one table, each value as the text of a SQL literal. */
export interface RandomTable {
  readonly relation: RelationId;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

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
const NULL_SHARE = 0.2;
const DUPLICATE_SHARE = 0.2;
const MATCH_SHARE = 0.6;

/** A small database that keeps to the facts, with NULLs, duplicates, orphans and values near the literals. */
export function randomDatabase(request: RandomDatabaseRequest): readonly RandomTable[] {
  const random = randomFrom(request.seed);
  const made = new Map<RelationId, RandomTable>();
  for (const relation of parentsFirst(request)) {
    made.set(relation.id, randomTable(relation, { ...request, random, made }));
  }
  return [...made.values()];
}

interface TableParts extends RandomDatabaseRequest {
  readonly random: () => number;
  readonly made: ReadonlyMap<RelationId, RandomTable>;
}

function randomTable(relation: SchemaRelation, parts: TableParts): RandomTable {
  const columns = relation.columns.map((column) => column.name);
  const rows: (readonly string[])[] = [];
  const wanted = Math.floor(parts.random() * (MOST_ROWS + 1));
  for (let tries = 0; rows.length < wanted && tries < wanted * 8; tries += 1) {
    const again = rows.length > 0 && parts.random() < DUPLICATE_SHARE;
    const row = again ? rows[rows.length - 1] : randomRow(relation, parts);
    if (row !== undefined && keepsKeys([...rows, row], { relation, columns, facts: parts.facts })) {
      rows.push(row);
    }
  }
  return { relation: relation.id, columns, rows };
}

function randomRow(relation: SchemaRelation, parts: TableParts): readonly string[] | undefined {
  const { facts, literals, random, made } = parts;
  const values = new Map<string, string>();
  for (const column of relation.columns) {
    const isNotNull =
      column.notNull ||
      facts.notNull.some((each) => each.relation === relation.id && each.column === column.name);
    const isNull = !isNotNull && random() < NULL_SHARE;
    const pool = poolFor(column.type, literals);
    values.set(column.name, isNull ? 'NULL' : pick(pool, random));
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
    const chosen = candidates[Math.floor(random() * candidates.length)];
    if (chosen === undefined) {
      return undefined;
    }
    fromColumns.forEach((column, index) => values.set(column, chosen[index] ?? 'NULL'));
  }
  if (random() < MATCH_SHARE) {
    alignWithOthers(relation, { values, parts });
  }
  return relation.columns.map((column) => values.get(column.name) ?? 'NULL');
}

/** Where no inclusion says so, columns named alike still often hold the same values, as joins expect. */
function alignWithOthers(
  relation: SchemaRelation,
  { values, parts }: { readonly values: Map<string, string>; readonly parts: TableParts },
): void {
  const bound = new Set(
    parts.facts.inclusions
      .filter((each) => each.from === relation.id)
      .flatMap((each) => each.fromColumns),
  );
  for (const column of relation.columns) {
    const others = [...parts.made.values()].flatMap((table) => {
      const index = table.columns.findIndex((name) => name === column.name);
      return index === -1 ? [] : table.rows.map((row) => row[index] ?? 'NULL');
    });
    const present = others.filter((value) => value !== 'NULL');
    if (!bound.has(column.name) && present.length > 0 && values.get(column.name) !== 'NULL') {
      values.set(column.name, pick(present, parts.random));
    }
  }
}

function keepsKeys(
  rows: readonly (readonly string[])[],
  {
    relation,
    columns,
    facts,
  }: {
    readonly relation: SchemaRelation;
    readonly columns: readonly string[];
    readonly facts: Facts;
  },
): boolean {
  return facts.uniqueKeys
    .filter((key) => key.relation === relation.id)
    .every((key) => {
      const keys = rows
        .map((row) => key.columns.map((column) => row[columns.indexOf(column)] ?? 'NULL'))
        .filter((values) => !values.includes('NULL'))
        .map((values) => values.join('\n'));
      return new Set(keys).size === keys.length;
    });
}

function parentsFirst({ relations, facts }: RandomDatabaseRequest): readonly SchemaRelation[] {
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

function pick(values: readonly string[], random: () => number): string {
  return values[Math.floor(random() * values.length)] ?? 'NULL';
}

/** The mulberry32 generator: small, fast, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
