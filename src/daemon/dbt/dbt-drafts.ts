import { counted } from '../../base/counted.ts';
import { digestOf } from '../../base/digest.ts';
import { formatDuration } from '../../base/duration.ts';
import { formatUsd, scaleUsd } from '../../base/usd.ts';
import type { Facts } from '../../marts/facts.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { draftEdit } from '../../propose/dbt/draft-edit.ts';
import { editModel, type ModelEdit } from '../../propose/dbt/edit-model.ts';
import type { Draft } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';
import { bothFacts, type DbtRead, dbtBeside, projectText } from './dbt-beside.ts';
import { type WatchedModel, watchedModels } from './dbt-standings.ts';
import { draftFollows } from './follow-drafts.ts';
import { type DraftParts, draftMarts } from './mart-drafts.ts';
import { waitsForDbt } from './waits-for-dbt.ts';

/**
 * Questions about the project's models: columns that nobody reads, marts that belong there, sources that were renamed. The edit of the
 * model's files where it can be made and proved, else a suggestion. Nothing is ever done to such a relation in the warehouse.
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
    const { relation } = watched.use;
    if (await waitsForDbt(engine, { model: watched.model, relation })) {
      continue;
    }
    const columns = unread.map(({ attribute }) => attribute);
    const edit = await editOnce(engine, { watched, columns, beside, facts: parts.input.facts });
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
  if (beside.kind !== 'read') {
    return drafts;
  }
  const marts = await draftMarts(engine, { ...parts, beside });
  const follows = await draftFollows(engine, { ...parts, beside });
  // A model whose next run fails is asked about that, and about nothing else meanwhile.
  const others = [...drafts, ...marts].filter(({ relation }) => !follows.models.has(relation));
  return [...others, ...follows.drafts];
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
  const read = (file: string) => projectText(project, file);
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
    facts: bothFacts(facts, beside.facts),
    needs,
    read,
    path,
  });
  edits.set(key, edit);
  return edit;
}

function savingOf({ cost, use }: WatchedModel, count: number) {
  if (cost.runs === 0) {
    return {};
  }
  const perDay = scaleUsd(cost.perDay, count / Math.max(1, use.attributes.length));
  const { apart } = cost;
  const arithmetic = [
    `dbt was seen to spend ${formatUsd(cost.perDay)} a day on building it (${counted(cost.runs, 'build')}, ${formatUsd(cost.perRun)} each)`,
    `${count} of its ${counted(use.attributes.length, 'column')}, each an even share: ${formatUsd(perDay)} a day`,
    ...(apart.runs === 0
      ? []
      : [
          `its tests and its builds in CI are counted apart: ${counted(apart.runs, 'statement')}, ${formatUsd(apart.perDay)} a day`,
        ]),
  ];
  return { saving: { perDay, arithmetic } };
}
