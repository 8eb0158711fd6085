import { sha256 } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import { toucher } from '../../drift/impact.ts';
import { whyNotTheSame } from '../../drift/means-the-same.ts';
import { columnRewordings } from '../../drift/reword-definition.ts';
import type { SchemaChange } from '../../drift/schema-change.ts';
import type { Since } from '../../drift/sources-since.ts';
import { type DbtModel, type DbtProject, wordsOf } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import { lineOf, type Rendering, toSource, withEdits } from '../../lineage/dbt/source-map.ts';
import type { Query } from '../../sql/ir.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import { columnUses } from '../../sql/resolve/column-uses.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { FileChange } from '../proposal.ts';
import type { ModelWorld } from './read-model.ts';
import { subjectOfModel } from './subject-of-model.ts';

export interface FollowModelRequest extends Since {
  readonly project: DbtProject;
  readonly model: DbtModel;
  /** The text of the model's file. */
  readonly source: string;
  /** The schema the model was written for. */
  readonly before: SchemaIndex;
  /** As the schema is now. */
  readonly world: ModelWorld;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
}

export type Renamed = Extract<SchemaChange, { readonly kind: 'column-renamed' }>;

export type ModelFollow =
  /** Nothing it reads was renamed, or it says the new names already. */
  | { readonly kind: 'untouched' }
  | {
      readonly kind: 'edit';
      readonly file: FileChange;
      readonly renamed: readonly Renamed[];
    }
  /** What a person would have to do, and why Goldsmith does not. */
  | {
      readonly kind: 'suggestion';
      readonly because: string;
      readonly at: string;
      readonly renamed: readonly Renamed[];
    };

const UNTOUCHED: ModelFollow = { kind: 'untouched' };

/**
 * Writes the new names of renamed source columns into a dbt model, each where it stands, its outputs keeping theirs. Resolved against the
 * schema before and the schema now, both texts must be one and the same query but for the renamed names; else it is a suggestion.
 */
export async function followModel(request: FollowModelRequest): Promise<ModelFollow> {
  const { model, project, source, world, path } = request;
  const rendered = renderModel(model, { project, source });
  const named = renamesNamed(request);
  if (rendered.kind === 'refused') {
    const { because, line } = rendered;
    return named.length === 0 ? UNTOUCHED : suggestion(model, { because, line, renamed: named });
  }
  const { rendering } = rendered;
  const tries = columnRewordings(rendering.sql, {
    sources: request.sources.filter(({ was, is }) => was.id === is.id),
    dialect: world.dialect,
  });
  const texts = [rendering.sql, ...tries.map((edits) => withEdits(rendering.sql, edits))];
  const [written, ...rewritten] = await readAll(texts, world);
  if (written === undefined && named.length > 0) {
    return suggestion(model, { because: 'its text cannot be read', renamed: named });
  }
  if (tries.length === 0 || written === undefined || isSound(written, world)) {
    return UNTOUCHED;
  }
  const renamed = renamesRead(written, request);
  if (renamed.length === 0) {
    return UNTOUCHED;
  }
  const relation = subjectOfModel(model);
  const reasons = tries.map((_, at) => whyNot(relation, { written, text: rewritten[at], request }));
  const found = reasons.indexOf(undefined);
  const edits = tries[found];
  if (edits === undefined) {
    const because = reasons.at(-1) ?? 'its text cannot be read';
    return suggestion(model, { because, renamed });
  }
  const mapped = toSource(edits, rendering);
  if (mapped.kind === 'refused') {
    const { because, at } = mapped;
    return suggestion(model, { because, line: lineOf(source, at), renamed });
  }
  const hidden = hiddenName(renamed, { source, rendering });
  if (hidden !== undefined) {
    const because = `${hidden.name} also stands where Jinja decides what is written`;
    return suggestion(model, { because, line: lineOf(source, hidden.at), renamed });
  }
  const text = withEdits(source, mapped.edits);
  return {
    kind: 'edit',
    file: { path: path === '' ? model.path : `${path}/${model.path}`, text, was: sha256(source) },
    renamed,
  };
}

function suggestion(
  { path }: DbtModel,
  {
    because,
    line,
    renamed,
  }: {
    readonly because: string;
    readonly line?: number | undefined;
    readonly renamed: readonly Renamed[];
  },
): ModelFollow {
  return {
    kind: 'suggestion',
    because,
    at: line === undefined ? path : `${path}:${line}`,
    renamed,
  };
}

/** Renames of what the model depends on whose former name is a word of its file: what can be told of one that is not understood. */
function renamesNamed({ model, project, source, changes }: FollowModelRequest): readonly Renamed[] {
  const words = wordsOf(source);
  const depends = new Set(model.dependsOn);
  const read = new Set(
    [...project.models, ...project.sources].flatMap(({ id, relation }) =>
      depends.has(id) ? [relation] : [],
    ),
  );
  return changes.filter(
    (change): change is Renamed =>
      change.kind === 'column-renamed' &&
      read.has(change.relation) &&
      words.has(change.column.toLowerCase()),
  );
}

async function readAll(
  texts: readonly string[],
  { parse, dialect }: ModelWorld,
): Promise<readonly (Query | undefined)[]> {
  const outcomes = await parse(texts.map((sql) => ({ sql, dialect: dialect.name, hasRun: true })));
  return outcomes.map((outcome) => {
    const [statement, ...more] = outcome.kind === 'parsed' ? outcome.statements : [];
    return statement?.kind === 'query' && more.length === 0 ? statement.query : undefined;
  });
}

/** It reads the schema of now without a name left open: somebody followed already. */
function isSound(query: Query, { schema, names, dialect }: ModelWorld): boolean {
  return bindQuery(query, { schema, names, dialect }).notUnderstood.length === 0;
}

function renamesRead(
  query: Query,
  { before, world: { names, dialect }, changes }: FollowModelRequest,
): readonly Renamed[] {
  const bound = bindQuery(query, { schema: before, names, dialect });
  const touches = toucher([...bound.relations.keys()], columnUses(bound.query));
  return changes.filter(
    (change): change is Renamed => change.kind === 'column-renamed' && touches(change),
  );
}

function whyNot(
  relation: RelationId,
  {
    written,
    text,
    request: { before, world, sources },
  }: {
    readonly written: Query;
    readonly text: Query | undefined;
    readonly request: FollowModelRequest;
  },
): string | undefined {
  return text === undefined
    ? 'the rewritten text cannot be read'
    : whyNotTheSame({
        relation,
        dialect: world.dialect.name,
        was: { query: written, schema: before },
        is: { query: text, schema: world.schema },
        sources,
      });
}

/** A former name in a part of the file that was not compiled this time: an increment's, say. */
function hiddenName(
  renamed: readonly Renamed[],
  { source, rendering }: { readonly source: string; readonly rendering: Rendering },
): { readonly name: string; readonly at: number } | undefined {
  const found = rendering.segments
    .filter(({ kind }) => kind === 'controlled')
    .flatMap(({ sourceStart, sourceEnd }) => {
      const words = wordsOf(source.slice(sourceStart, sourceEnd));
      return renamed.flatMap(({ column }) =>
        words.has(column.toLowerCase()) ? [{ name: column, at: sourceStart }] : [],
      );
    });
  return found[0];
}
