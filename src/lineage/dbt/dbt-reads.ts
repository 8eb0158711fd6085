import type { RelationId } from '../../base/relation.ts';
import type { BoundQuery } from '../../sql/bound.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { Query } from '../../sql/ir.ts';
import { refsIn } from '../../sql/normalize/walk.ts';
import type { ParseOutcome, ParseSql } from '../../sql/parse-sql.ts';
import type { LineageEdge } from '../../sql/query-shape.ts';
import { bindForFacts, type FactsBinding } from '../../sql/resolve/bind-query.ts';
import { columnUses } from '../../sql/resolve/column-uses.ts';
import { occurrencesOf } from '../../sql/resolve/occurrences.ts';
import { traceLineage } from '../../sql/resolve/trace-lineage.ts';
import type { NameContext } from '../../sql/schema.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { DbtModel, DbtProject, DbtTest } from './dbt-project.ts';
import { renderModel } from './render-model.ts';

/** What the SQL of a model or a test reads. */
export interface DbtReads {
  /** `model.shop.orders`. */
  readonly id: string;
  /** The columns it names or takes by a `*` that reaches its output. */
  readonly reads: readonly { readonly relation: RelationId; readonly columns: readonly string[] }[];
  /** What each of its own columns is made of, one step back. */
  readonly lineage: readonly LineageEdge[];
  /** Why any column of what it depends on may be read by it. */
  readonly notUnderstood?: string;
}

export interface ReadsWorld {
  readonly dialect: Dialect;
  /** Relations as tables: a model reads a view, not what the view reads. */
  readonly schema: SchemaIndex;
  readonly names: NameContext;
  readonly parse: ParseSql;
}

/**
 * What every model, snapshot and written-out test of a project reads, column by column, from what dbt compiled or from names
 * alone. What cannot be understood says so, and counts as reading everything it depends on.
 */
export async function dbtReads(
  project: DbtProject,
  world: ReadsWorld,
): Promise<readonly DbtReads[]> {
  const nodes = [
    ...project.models.filter(({ kind }) => kind !== 'seed'),
    ...project.tests.filter(({ kind }) => kind === 'singular'),
  ];
  const texts = nodes.map((node) => textOf(node, project));
  const asked = texts.flatMap((text) => ('sql' in text ? [text.sql] : []));
  const { dialect, parse } = world;
  const outcomes = await parse(asked.map((sql) => ({ sql, dialect: dialect.name, hasRun: true })));
  let at = 0;
  return nodes.map(({ id }, index) => {
    const text = texts[index];
    if (text === undefined || 'because' in text) {
      return nothing(id, text?.because ?? 'it has no text');
    }
    const outcome = outcomes[at];
    at += 1;
    return readsOf(id, outcome, world);
  });
}

function nothing(id: string, because: string): DbtReads {
  return { id, reads: [], lineage: [], notUnderstood: because };
}

type Text = { readonly sql: string } | { readonly because: string };

function textOf(node: DbtModel | DbtTest, project: DbtProject): Text {
  if (node.compiledCode !== undefined) {
    return { sql: node.compiledCode };
  }
  if (!('language' in node)) {
    return { because: 'dbt has not compiled it' };
  }
  const outcome = renderModel(node, { project, source: node.rawCode });
  return outcome.kind === 'rendered' ? { sql: outcome.rendering.sql } : outcome;
}

function readsOf(id: string, outcome: ParseOutcome | undefined, world: ReadsWorld): DbtReads {
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    return nothing(id, outcome?.kind === 'unparsed' ? outcome.because : 'it is not one SELECT');
  }
  const binding = bindForFacts(statement.query, world);
  const { query, marks, notUnderstood } = binding;
  const lineage = traceLineage(query, { marks, occurrences: occurrencesOf(query) });
  const reads = [...namedColumns(binding, statement.query)].map(([relation, columns]) => ({
    relation,
    columns: [...columns].toSorted(),
  }));
  const because = notUnderstood.find((note) => !note.startsWith('opaque expression'));
  return { id, reads, lineage, ...(because === undefined ? {} : { notUnderstood: because }) };
}

/** Columns that a text would no longer compile without: named anywhere, needed or not, or handed on to the output. */
function namedColumns(
  { query, relations }: FactsBinding,
  written: Query,
): ReadonlyMap<RelationId, ReadonlySet<string>> {
  const found = new Map(
    [...relations.keys()].map((id): [RelationId, Set<string>] => [id, new Set()]),
  );
  const { leaves, leafOf } = occurrencesOf(query);
  const note = (relation: RelationId, column: string) => found.get(relation)?.add(column);
  for (const { occ, column } of refsIn({
    kind: 'exists',
    query: withoutStars(query),
    negated: false,
  })) {
    const leaf = leafOf(occ);
    if (leaf?.kind === 'table') {
      note(leaf.relation, column);
    }
  }
  for (const { relation, column } of columnUses(query)) {
    note(relation, column);
  }
  const read = new Set(
    leaves.flatMap((leaf) => (leaf.kind === 'derived' ? [leaf.name?.toLowerCase()] : [])),
  );
  for (const name of namesInUnread(written, read)) {
    for (const [relation] of found) {
      note(relation, name);
    }
  }
  return found;
}

/** The query without the items its stars stand for. */
function withoutStars(query: BoundQuery): BoundQuery {
  return JSON.parse(
    JSON.stringify(query, (_key, value: unknown) =>
      Array.isArray(value) ? value.filter((each: unknown) => !isFromStar(each)) : value,
    ),
  ) as BoundQuery;
}

function isFromStar(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'fromStar' in value && value.fromStar === true
  );
}

/** Names in CTEs that nobody reads: they must compile all the same. */
function namesInUnread(query: Query, read: ReadonlySet<string | undefined>): readonly string[] {
  const names: string[] = [];
  for (const cte of query.ctes.filter(({ name }) => !read.has(name.name.toLowerCase()))) {
    JSON.stringify(cte, (_key, value: unknown) => {
      if (isColumn(value)) {
        names.push(value.path.at(-1)?.name ?? '');
      }
      return value;
    });
  }
  return names;
}

function isColumn(value: unknown): value is { path: readonly { name: string }[] } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'column';
}
