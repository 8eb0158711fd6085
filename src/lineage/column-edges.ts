import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { ColumnOf, LineageEdge } from '../sql/query-shape.ts';
import { bindForFacts } from '../sql/resolve/bind-query.ts';
import { occurrencesOf } from '../sql/resolve/occurrences.ts';
import { traceLineage } from '../sql/resolve/trace-lineage.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { withoutDefinitions } from './without-definitions.ts';

/** One column's values go into another's. */
export interface ColumnEdge {
  readonly from: ColumnOf;
  readonly to: ColumnOf;
  /** `view`: by its definition. `statement`: by a write that ran. `dbt`: by a model's file. */
  readonly how: 'view' | 'statement' | 'dbt';
  /** Of a statement: who ran it, latest first, and the UTC day it last ran. */
  readonly by?: readonly string[];
  readonly lastDay?: string;
}

/** A statement that wrote a relation, as its shape tells. */
export interface Write {
  readonly target: RelationId;
  readonly lineage: readonly LineageEdge[];
  readonly by?: readonly string[];
  readonly lastDay?: string;
}

export interface ColumnLineage {
  readonly edges: readonly ColumnEdge[];
  /** Views and writes whose lineage may be short, each with the first reason. */
  readonly notUnderstood: readonly { readonly relation: RelationId; readonly because: string }[];
}

export interface ColumnLineageInput {
  readonly snapshot: SchemaSnapshot;
  readonly dialect: Dialect;
  readonly writes: readonly Write[];
}

/** Lineage by definition, one step at a time: a view's columns from the relations its own text names. */
export function columnLineage({ snapshot, dialect, writes }: ColumnLineageInput): ColumnLineage {
  const schema = indexSchema(withoutDefinitions(snapshot), dialect);
  const edges = new Map<string, ColumnEdge>();
  const notUnderstood: { relation: RelationId; because: string }[] = [];
  const add = (to: RelationId, lineage: readonly LineageEdge[], how: ColumnEdge['how']) => {
    for (const edge of stepsInto(to, lineage, how)) {
      edges.set(edgeKey(edge), edge);
    }
  };
  for (const relation of snapshot.relations.filter(({ kind }) => kind === 'view')) {
    const { definition, id } = relation;
    if (definition === undefined) {
      notUnderstood.push({ relation: id, because: 'its definition could not be read' });
      continue;
    }
    const { database, schema: own } = relationParts(id);
    const binding = bindForFacts(definition, { schema, dialect, names: { database, schema: own } });
    const { query, marks } = binding;
    const names = outputNames(relation, query.outputs);
    add(id, traceLineage(query, { names, marks, occurrences: occurrencesOf(query) }), 'view');
    const [because] = binding.notUnderstood;
    if (because !== undefined) {
      notUnderstood.push({ relation: id, because });
    }
  }
  for (const { target, lineage, by, lastDay } of writes.toSorted(byDay)) {
    const told = { ...(by && { by }), ...(lastDay === undefined ? {} : { lastDay }) };
    for (const edge of stepsInto(target, lineage, 'statement')) {
      edges.set(edgeKey(edge), { ...edge, ...told });
    }
  }
  return { edges: [...edges.values()], notUnderstood };
}

/** Where several statements make the same step, the latest tells of it. */
function byDay({ lastDay: a = '' }: Write, { lastDay: b = '' }: Write): number {
  return a < b ? -1 : Number(a > b);
}

function edgeKey({ from, to, how }: ColumnEdge): string {
  return `${keyOf(from)} > ${keyOf(to)} ${how}`;
}

/** What the catalog calls a view's columns, where it knows as many as the definition gives. */
function outputNames({ columns }: SchemaRelation, outputs: readonly string[]): readonly string[] {
  return columns.length === outputs.length ? columns.map(({ name }) => name) : outputs;
}

function stepsInto(
  relation: RelationId,
  lineage: readonly LineageEdge[],
  how: ColumnEdge['how'],
): readonly ColumnEdge[] {
  return lineage.flatMap(({ column, sources }) =>
    sources
      .map((source) => ({ relation: source.relation, column: source.column }))
      .filter((from) => from.relation !== relation || from.column !== column)
      .map((from) => ({ from, to: { relation, column }, how })),
  );
}

/** Equal keys, equal columns. */
export function keyOf({ relation, column }: ColumnOf): string {
  return `${relation} ${column}`;
}
