import { sha256 } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import { whyNotTheSame } from '../../drift/means-the-same.ts';
import { columnRewordings } from '../../drift/reword-definition.ts';
import type { Since } from '../../drift/sources-since.ts';
import { type DbtModel, type DbtProject, wordsOf } from '../../lineage/dbt/dbt-project.ts';
import { mayCompileTo, renderModel } from '../../lineage/dbt/render-model.ts';
import { lineOf, type Rendering, toSource, withEdits } from '../../lineage/dbt/source-map.ts';
import type { Query } from '../../sql/ir.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { FileChange } from '../proposal.ts';
import type { Renamed } from './follow-described.ts';
import type { ModelWorld } from './read-model.ts';
import { readQueries, renamesRead } from './renames-read.ts';
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
      /** Its own columns that are called otherwise from its next run on, because it hands the source's on by a `*`. */
      readonly handsOn?: readonly Renamed[];
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
  const [written, ...rewritten] = await readQueries(texts, world);
  if (written === undefined && named.length > 0) {
    return suggestion(model, { because: 'its text cannot be read', renamed: named });
  }
  if (tries.length === 0 || written === undefined || isSound(written, world)) {
    return written === undefined ? UNTOUCHED : handedOn(written, request);
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
  if (!mayCompileTo(model, { project, source: text, sql: withEdits(rendering.sql, edits) })) {
    const because = 'the edited file would not compile to what was looked at';
    return suggestion(model, { because, renamed });
  }
  const own = path === '' ? model.path : `${path}/${model.path}`;
  return { kind: 'edit', file: { path: own, text, was: sha256(source) }, renamed };
}

/** A model that takes a source by `*` runs, and what it makes is called otherwise: whoever names it there fails. */
function handedOn(query: Query, request: FollowModelRequest): ModelFollow {
  const { model, before, changes } = request;
  const { names, dialect, schema } = request.world;
  const [was, is] = [before, schema].map((each) =>
    bindQuery(query, { schema: each, names, dialect }),
  );
  const standing = schema.snapshot.relations.find(({ id }) => id === model.relation);
  const gone = was?.query.outputs.filter((name) => is?.query.outputs.includes(name) !== true) ?? [];
  const handsOn = changes.filter(
    (change): change is Renamed =>
      change.kind === 'column-renamed' &&
      was?.notUnderstood.length === 0 &&
      was.relations.has(change.relation) &&
      gone.includes(change.column) &&
      is?.query.outputs.includes(change.to) === true &&
      standing?.columns.some(({ name }) => name === change.column) === true,
  );
  return handsOn.length === 0
    ? UNTOUCHED
    : {
        ...suggestion(model, { because: 'a `*` hands it on', renamed: handsOn }),
        handsOn,
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
): Extract<ModelFollow, { kind: 'suggestion' }> {
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

/** It reads the schema of now without a name left open: somebody followed already. */
function isSound(query: Query, { schema, names, dialect }: ModelWorld): boolean {
  return bindQuery(query, { schema, names, dialect }).notUnderstood.length === 0;
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
