import { type RelationId, relationParts } from '../../base/relation.ts';
import {
  cutColumns,
  type SemanticParts,
  semanticRows,
} from '../../lineage/words/semantic-parts.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { familyOf } from '../../sql/match/column-types.ts';
import type { Block, JoinTree } from '../../sql/normal-query.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import { nameTaker } from './snake-name.ts';

/** The rows a semantic model stands on: a SELECT, and what its columns are. */
export type SemanticRows =
  | {
      readonly kind: 'rows';
      readonly sql: string;
      /** Dates and moments, the one it is added up by first. */
      readonly times: readonly string[];
      readonly categories: readonly string[];
      readonly keys: readonly SemanticKey[];
      /** Parallel to the aggregates. */
      readonly inputs: readonly string[];
    }
  | { readonly kind: 'no-rows'; readonly because: string };

export interface SemanticKey {
  readonly name: string;
  readonly column: string;
  /** `unique`: one row has it. */
  readonly type: 'unique' | 'foreign';
}

export interface SemanticRowsParts {
  readonly word: string;
  readonly parts: Extract<SemanticParts, { readonly kind: 'parts' }>;
  readonly schema: SchemaIndex;
  readonly dialect: DialectName;
}

const MOST_TIMES = 3;

/**
 * One row for each row the definition adds up, with its inputs, what readers cut it by, and the keys other models join on.
 * Columns nobody asked for stay out of it.
 */
export function rowsOfDefinition({
  word,
  parts,
  schema,
  dialect,
}: SemanticRowsParts): SemanticRows {
  const { block, tables, aggregates } = parts;
  const take = nameTaker();
  const place = (ref: Ref) => tables.get(ref.occ);
  const typeOf = (ref: Ref) => {
    const relation = place(ref);
    const columns = relation === undefined ? [] : (schema.relationOf(relation)?.columns ?? []);
    return columns.find(({ name }) => name === ref.column)?.type.toLowerCase() ?? '';
  };
  const named = (ref: Ref) => ({
    name: take(ref.column, `${relationParts(place(ref) ?? 'column').name}_${ref.column}`),
    expr: ref,
  });

  const cut = cutColumns(block).filter(isRef);
  const asked = cut.filter((ref) => isTime(typeOf(ref)));
  const found = asked.length > 0 ? asked : timesOf({ block, tables }, schema).slice(0, 1);
  if (found.length === 0) {
    return {
      kind: 'no-rows',
      because: `dbt adds a measure up over time, and none of ${[...new Set(tables.values())].join(', ')} has a date: define the word over rows that have one`,
    };
  }
  const times = found.slice(0, MOST_TIMES).map(named);
  const categories = cut
    .filter((ref) => !isTime(typeOf(ref)) && isCategory(typeOf(ref)))
    .map(named);
  const keyed = keyColumns({ block, tables }, schema).map((key) => ({
    ...key,
    ...named(key.expr),
  }));
  const inputs = aggregates.map(({ input }, at) => ({
    name: take(`${word}_input${aggregates.length > 1 ? `_${at + 1}` : ''}`, `${word}_input`),
    expr: input,
  }));
  const items = [...times, ...categories, ...keyed, ...inputs].map(({ name, expr }) => ({
    name,
    expr,
  }));
  const printed = printQuery(semanticRows(block, items), dialect);
  return printed.kind === 'unprintable'
    ? { kind: 'no-rows', because: printed.because }
    : {
        kind: 'rows',
        sql: printed.sql,
        times: times.map(({ name }) => name),
        categories: categories.map(({ name }) => name),
        keys: keyed.map(({ name, entity, type }) => ({ name: entity, column: name, type })),
        inputs: inputs.map(({ name }) => name),
      };
}

type Ref = Extract<BoundExpr, { readonly kind: 'ref' }>;

function isRef(expr: BoundExpr): expr is Ref {
  return expr.kind === 'ref';
}

function isTime(type: string): boolean {
  const family = familyOf(type);
  return family === 'date' || family === 'timestamp' || family === 'timestamptz';
}

function isCategory(type: string): boolean {
  const family = familyOf(type);
  return family === 'text' || family === 'boolean' || family === 'integer';
}

interface Rows {
  readonly block: Block;
  readonly tables: ReadonlyMap<number, RelationId>;
}

/** Dates of the tables it reads, those that are always there first. */
function timesOf({ block, tables }: Rows, schema: SchemaIndex): readonly Ref[] {
  const found = occsOf(block.from).flatMap((occ) => {
    const relation = tables.get(occ);
    const columns = relation === undefined ? [] : (schema.relationOf(relation)?.columns ?? []);
    return columns
      .filter(({ type }) => isTime(type.toLowerCase()))
      .map(({ name, notNull, type }) => ({
        ref: { kind: 'ref', occ, column: name } as const,
        rank: (notNull ? 0 : 2) + (familyOf(type.toLowerCase()) === 'date' ? 0 : 1),
      }));
  });
  return found.toSorted((a, b) => a.rank - b.rank).map(({ ref }) => ref);
}

/** A declared key of one column, and the columns it is joined by; each under the thing it names. */
function keyColumns({ block, tables }: Rows, schema: SchemaIndex) {
  const keys = new Map<string, { entity: string; type: SemanticKey['type']; expr: Ref }>();
  const occs = occsOf(block.from);
  if (occs.length === 1) {
    const [occ = 0] = occs;
    const relation = tables.get(occ);
    const declared = relation === undefined ? [] : (schema.relationOf(relation)?.keys ?? []);
    const [column] = declared.find(({ columns }) => columns.length === 1)?.columns ?? [];
    if (column !== undefined) {
      const entity = entityOf(column);
      keys.set(entity, { entity, type: 'unique', expr: { kind: 'ref', occ, column } });
    }
  }
  for (const { left, right, op } of block.where.filter(isBinary)) {
    if (op === '=' && isRef(left) && isRef(right) && left.occ !== right.occ) {
      const entity = entityOf(left.column);
      if (!keys.has(entity)) {
        keys.set(entity, { entity, type: 'foreign', expr: left });
      }
    }
  }
  return [...keys.values()];
}

type Binary = Extract<BoundExpr, { readonly kind: 'binary' }>;

function isBinary(expr: BoundExpr): expr is Binary {
  return expr.kind === 'binary';
}

/** `order_id` names an order. */
function entityOf(column: string): string {
  return column.toLowerCase().replace(/_?(id|key|sk)$/, '') || column.toLowerCase();
}

function occsOf(tree: JoinTree): readonly number[] {
  switch (tree.kind) {
    case 'none':
    case 'query':
      return [];
    case 'table':
      return [tree.occ];
    case 'inner':
      return tree.members.flatMap(occsOf);
    case 'outer':
      return [...occsOf(tree.left), ...occsOf(tree.right)];
  }
}
