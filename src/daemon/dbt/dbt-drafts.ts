import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { digestOf } from '../../base/digest.ts';
import { formatDuration } from '../../base/duration.ts';
import { formatUsd, scaleUsd } from '../../base/usd.ts';
import type { Facts } from '../../marts/facts.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { draftEdit } from '../../propose/dbt/draft-edit.ts';
import { draftExtension } from '../../propose/dbt/draft-extension.ts';
import { editModel, type ModelEdit } from '../../propose/dbt/edit-model.ts';
import { extendModel } from '../../propose/dbt/extend-model.ts';
import { readModel } from '../../propose/dbt/read-model.ts';
import type { Draft } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';
import { type DbtRead, dbtBeside, unlessAbsent } from './dbt-beside.ts';
import { type StandingParts, type WatchedModel, watchedModels } from './dbt-standings.ts';

export interface DraftParts extends StandingParts {
  readonly decision: CycleDecision;
}

/**
 * Questions about columns of dbt models that nobody reads: the edit of the model's files where it can be made and proved, else a
 * suggestion. Nothing is ever done to such a relation in the warehouse.
 */
export async function draftEdits(engine: Engine, parts: DraftParts): Promise<readonly Draft[]> {
  if (engine.config.mode === 'observe') {
    return [];
  }
  const beside = await dbtBeside(engine, parts);
  const drafts: Draft[] = [];
  for (const watched of beside.kind === 'read' ? watchedModels(engine, { ...parts, beside }) : []) {
    const unread = watched.standings.standings.filter(({ to }) => to === 'announced');
    if (unread.length === 0 || beside.kind !== 'read') {
      continue;
    }
    parts.signal?.throwIfAborted();
    const columns = unread.map(({ attribute }) => attribute);
    const edit = await editOnce(engine, { watched, columns, beside, facts: parts.input.facts });
    const { relation } = watched.use;
    const { usage } = parts.input;
    const { priceCpu } = engine;
    const { readers, runsPerDay } = demandOf({ relation, steps: [], usage, priceCpu });
    drafts.push(
      draftEdit(edit, {
        model: watched.model,
        relation,
        reasons: unread.map(({ attribute, because }) => ({ column: attribute, because })),
        readers,
        runsPerDay,
        ...savingOf(watched, columns.length),
      }),
    );
  }
  return beside.kind === 'read'
    ? [...drafts, ...(await extensions(engine, { ...parts, beside }))]
    : drafts;
}

/** Marts of one cycle for which a model that lacks only columns is looked for. */
const MOST_LOOKED_FOR = 5;

/** Questions whether a model may be extended where a new mart is planned. */
async function extensions(
  engine: Engine,
  { input, decision, beside }: DraftParts & { readonly beside: DbtRead },
): Promise<readonly Draft[]> {
  const { project: folder = '', path } = engine.config.dbt;
  const { project, world } = beside;
  const marts = decision.plan.steps.flatMap(({ action }) =>
    action.kind === 'create-mart' ? [action] : [],
  );
  const drafts: Draft[] = [];
  for (const { mart, definition } of marts.slice(0, MOST_LOOKED_FOR)) {
    const read = await readModel(definition.sql, world);
    if (read.kind === 'unread') {
      continue;
    }
    const textOfFile = (file: string) => textOf(folder, file);
    const wanted = { project, wanted: read.query, world, read: textOfFile, path };
    const extension = beside.extensions.get(definition.sql) ?? (await extendModel(wanted));
    beside.extensions.set(definition.sql, extension);
    const steps = decision.plan.steps.filter(({ action }) => action.mart === mart);
    const { readers, evidence, runsPerDay } = demandOf({
      relation: mart,
      steps,
      usage: input.usage,
      priceCpu: engine.priceCpu,
    });
    const body = { readers, evidence, money: { arithmetic: [] } };
    const draft = draftExtension(extension, { mart, body, runsPerDay });
    drafts.push(...(draft === undefined ? [] : [draft]));
  }
  return drafts;
}

interface Editing {
  readonly watched: WatchedModel;
  readonly columns: readonly string[];
  readonly beside: DbtRead;
  readonly facts: Facts;
}

/** Proofs take a while: the same edit of the same files is proved once. */
async function editOnce(
  engine: Engine,
  { watched: { model }, columns, beside, facts }: Editing,
): Promise<ModelEdit> {
  const { project = '', path, staleAfter } = engine.config.dbt;
  const { madeAt, edits, needs, world } = beside;
  const age = madeAt === undefined ? 0 : engine.clock.now() - madeAt;
  if (age > staleAfter) {
    const because = `its artifacts are ${formatDuration(age)} old; run \`dbt compile\``;
    return { kind: 'suggestion', because, at: model.path };
  }
  const read = (file: string) => textOf(project, file);
  const texts = await Promise.all([model.path, model.patchPath ?? ''].map(read));
  const { verifiedAt: _when, ...lasting } = facts;
  const key = digestOf([model.id, columns, lasting, ...texts.map((text) => text ?? null)]);
  const before = edits.get(key);
  if (before !== undefined) {
    return before;
  }
  const edit = await editModel({
    project: beside.project,
    model,
    columns,
    world,
    facts: bothOf(facts, beside.facts),
    needs,
    read,
    path,
  });
  edits.set(key, edit);
  return edit;
}

function bothOf(measured: Facts, tested: Facts): Facts {
  return {
    ...measured,
    source: `${measured.source}, ${tested.source}`,
    uniqueKeys: [...measured.uniqueKeys, ...tested.uniqueKeys],
    inclusions: [...measured.inclusions, ...tested.inclusions],
    notNull: [...measured.notNull, ...tested.notNull],
  };
}

/** Only files inside the project, whatever a manifest says. */
async function textOf(project: string, file: string): Promise<string | undefined> {
  const inside = normalize(file);
  return file === '' || inside.startsWith('..') || inside.startsWith('/')
    ? undefined
    : unlessAbsent(readFile(join(project, inside), 'utf8'));
}

function savingOf({ cost, use }: WatchedModel, count: number) {
  if (cost.runs === 0) {
    return {};
  }
  const perDay = scaleUsd(cost.perDay, count / Math.max(1, use.attributes.length));
  const arithmetic = [
    `dbt was seen to spend ${formatUsd(cost.perDay)} a day on building it (${cost.runs} builds, ${formatUsd(cost.perRun)} each)`,
    `${count} of its ${use.attributes.length} columns, each an even share: ${formatUsd(perDay)} a day`,
  ];
  return { saving: { perDay, arithmetic } };
}
