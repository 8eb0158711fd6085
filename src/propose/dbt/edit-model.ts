import { sha256 } from '../../base/digest.ts';
import { type DbtNeed, isFor } from '../../lineage/dbt/dbt-needs.ts';
import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { mayCompileTo, renderModel } from '../../lineage/dbt/render-model.ts';
import type { Facts } from '../../marts/facts.ts';
import type { TrialVerdict } from '../../prove/try-ways.ts';
import type { RemovedJoin } from '../../prune/slim-query.ts';
import { columnTypesOf } from '../../sql/match/column-types.ts';
import type { FileChange } from '../proposal.ts';
import { cutColumns } from './cut-columns.ts';
import { cutDescribed } from './cut-described.ts';
import type { ModelWorld } from './read-model.ts';
import { sameAnswers } from './same-answers.ts';

export interface EditRequest {
  readonly project: DbtProject;
  readonly model: DbtModel;
  /** Columns that go. */
  readonly columns: readonly string[];
  readonly world: ModelWorld;
  /** What was verified of the sources. */
  readonly facts: Facts;
  /** What the project needs of its relations. */
  readonly needs: readonly DbtNeed[];
  /** The text of a file of the project as it is now; undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
  /** On how many small databases both texts are tried. */
  readonly databases?: number;
}

export type ModelEdit =
  | {
      readonly kind: 'edit';
      readonly files: readonly FileChange[];
      readonly columns: readonly string[];
      /** What else in the file only they needed, by name. */
      readonly inside: readonly string[];
      readonly removedJoins: readonly RemovedJoin[];
      readonly proofs: readonly string[];
      readonly risks: readonly string[];
    }
  /** What a person would have to do, and why Goldsmith does not. */
  | { readonly kind: 'suggestion'; readonly because: string; readonly at: string };

/**
 * Takes columns out of a dbt model, its file and its description, and proves that nothing else about its answer changes: both
 * texts are slimmed to the same query, or answer alike on small random databases. What cannot be done for certain comes back
 * as a suggestion that says where and why.
 */
export async function editModel(request: EditRequest): Promise<ModelEdit> {
  const { project, model, columns, needs } = request;
  const need = needs.find(
    (each) => each.relation === model.relation && columns.some((column) => isFor(each, column)),
  );
  const taken = need && columns.find((column) => isFor(need, column));
  if (need !== undefined) {
    return suggestion(model, `${need.who} needs ${taken ?? 'it'} (${need.kind}): ${need.advice}`);
  }
  const source = await request.read(model.path);
  if (source === undefined) {
    return suggestion(model, 'its file is not there');
  }
  const rendered = renderModel(model, { project, source });
  if (rendered.kind === 'refused') {
    return suggestion(model, rendered.because, rendered.line);
  }
  const { world, facts } = request;
  const types = columnTypesOf(world.schema.snapshot, world.dialect.name);
  const { rendering } = rendered;
  const cut = await cutColumns({
    source,
    rendering,
    columns: new Set(columns),
    world,
    facts,
    types,
  });
  if (cut.kind === 'refused') {
    return suggestion(model, cut.because, cut.line);
  }
  if (!mayCompileTo(model, { project, source: cut.source, sql: cut.sql })) {
    return suggestion(model, 'the edited file would not compile to what was looked at');
  }
  const texts = { before: rendering.sql, after: cut.sql };
  // What asks for the time or for chance answers otherwise each time: then only the shape tells.
  const isMoody = cut.isSameShape && VOLATILE.test(rendering.sql);
  const proof: TrialVerdict = isMoody
    ? { kind: 'not-tried', because: 'it asks for the time or for chance' }
    : await sameAnswers({
        ...texts,
        kept: cut.kept,
        world,
        facts,
        ...(request.databases === undefined ? {} : { databases: request.databases }),
      });
  if (proof.kind === 'unequal') {
    return suggestion(
      model,
      'on made-up rows the columns that stay held other values without them',
    );
  }
  const isTried = proof.kind === 'equal' && proof.telling > 0;
  if (!cut.isSameShape && !isTried) {
    const because =
      proof.kind === 'not-tried' ? proof.because : 'no made-up rows reached its answer';
    return suggestion(
      model,
      `that the columns that stay hold the same could not be proved: ${because}`,
    );
  }
  const described = await describedFile(request);
  if (described.kind === 'refused') {
    return suggestion(model, described.because);
  }
  return {
    kind: 'edit',
    files: [
      changeOf(request, { path: model.path, was: source, text: cut.source }),
      ...described.files,
    ],
    columns,
    inside: cut.inside.filter((name) => !columns.includes(name)),
    removedJoins: cut.removedJoins,
    proofs: [
      ...(cut.isSameShape
        ? ['slimmed to the columns that stay, both texts are one and the same query']
        : []),
      ...(proof.kind === 'equal'
        ? [
            `both texts gave the same rows on ${proof.databases} small random databases, ${proof.telling} of which had rows in the answer`,
          ]
        : []),
      ...cut.removedJoins.flatMap((join) =>
        join.facts.map((fact) => `a join goes because ${fact}`),
      ),
    ],
    risks: risksOf(model),
  };
}

const VOLATILE =
  /\b(now|today|getdate|sysdate|localtime|localtimestamp|current_(timestamp|date|time|datetime)|rand|random|uuid|gen_random_uuid|generate_uuid|uuid_string|nextval)\b/i;

function suggestion(model: DbtModel, because: string, line?: number): ModelEdit {
  return {
    kind: 'suggestion',
    because,
    at: line === undefined ? model.path : `${model.path}:${line}`,
  };
}

function risksOf({ materialized, configWords }: DbtModel): readonly string[] {
  return materialized === 'incremental' && !configWords.has('sync_all_columns')
    ? [
        'the model is incremental: build it once with --full-refresh, or set on_schema_change to sync_all_columns, or the next run fails',
      ]
    : [];
}

interface FileEdit {
  readonly path: string;
  readonly was: string;
  readonly text: string;
}

function changeOf({ path: root }: EditRequest, { path, was, text }: FileEdit): FileChange {
  return { path: root === '' ? path : `${root}/${path}`, text, was: sha256(was) };
}

type Described =
  | { readonly kind: 'files'; readonly files: readonly FileChange[] }
  | { readonly kind: 'refused'; readonly because: string };

async function describedFile(request: EditRequest): Promise<Described> {
  const { model, columns } = request;
  const path = model.patchPath;
  const was = path === undefined ? undefined : await request.read(path);
  if (path === undefined || was === undefined) {
    return { kind: 'files', files: [] };
  }
  const outcome = cutDescribed({
    text: was,
    model: model.name,
    version: model.version,
    columns: new Set(columns),
  });
  if (outcome.kind === 'refused') {
    return { kind: 'refused', because: `${path}: ${outcome.because}` };
  }
  const { text } = outcome;
  return { kind: 'files', files: text === was ? [] : [changeOf(request, { path, was, text })] };
}
