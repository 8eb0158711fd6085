import { sha256 } from '../../base/digest.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { bodyOf } from '../../propose/body/body-of.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { draftExtension } from '../../propose/dbt/draft-extension.ts';
import { draftNewModel } from '../../propose/dbt/draft-new-model.ts';
import { extendModel } from '../../propose/dbt/extend-model.ts';
import { newModel } from '../../propose/dbt/new-model.ts';
import { expandedIn, readModel } from '../../propose/dbt/read-model.ts';
import type { Draft } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';
import { unreachableOf, verdictOn } from '../proposals/draft-proposals.ts';
import { askedKinds } from '../proposals/settle-proposals.ts';
import { bothFacts, type DbtRead, type MartInProject, projectText } from './dbt-beside.ts';
import type { StandingParts } from './dbt-standings.ts';
import { waitsForDbt } from './waits-for-dbt.ts';

/** Marts of one cycle whose place in the project is looked for. */
const MOST_LOOKED_FOR = 10;

export interface DraftParts extends StandingParts {
  readonly decision: CycleDecision;
}

interface MartDraftParts extends DraftParts {
  readonly beside: DbtRead;
}

/**
 * Where people are asked about new marts: the question whether a model of the project shall hold what a mart would, one that is
 * extended before a new one is made. The mart itself is asked about where the project has no place for it, or somebody said no.
 */
export async function draftMarts(engine: Engine, parts: MartDraftParts): Promise<readonly Draft[]> {
  if (!askedKinds(engine).has('build')) {
    return [];
  }
  const { steps } = parts.decision.plan;
  const definitions = steps.flatMap(({ action }) =>
    action.kind === 'create-mart' ? [action.definition] : [],
  );
  const drafts: Draft[] = [];
  for (const definition of definitions.slice(0, MOST_LOOKED_FOR)) {
    parts.signal?.throwIfAborted();
    const its = steps.filter(({ action }) => action.mart === definition.relation);
    const draft = await draftMart(engine, { ...parts, definition, its });
    drafts.push(...(draft === undefined ? [] : [draft]));
  }
  return drafts;
}

interface OneMart extends MartDraftParts {
  readonly definition: MartDefinition;
  readonly its: readonly PlanStep[];
}

async function draftMart(engine: Engine, parts: OneMart): Promise<Draft | undefined> {
  const { definition, its, input, decision } = parts;
  const { relation: mart } = definition;
  const place = await placeOnce(engine, parts);
  if (
    place === undefined ||
    (place.extension.kind === 'suggestion' &&
      (await waitsForDbt(engine, { model: place.extension.model, relation: mart })))
  ) {
    return undefined;
  }
  const { priceCpu } = engine;
  const unreachable = unreachableOf(mart, decision);
  const { usage } = input;
  const demand = demandOf({ relation: mart, steps: its, unreachable, usage, priceCpu });
  const verdict = verdictOn(mart, decision.verdicts);
  const asMart = bodyOf({ kind: 'build', relation: mart, steps: its, verdict, demand, sql: [] });
  const { readers, evidence } = demand;
  const arithmetic = [
    'what its readers would save with a mart of Goldsmith, as a measure of what they save once they name the model:',
    ...asMart.money.arithmetic,
  ];
  const said = {
    mart,
    body: { readers, evidence, money: { arithmetic } },
    because: asMart.because,
    runsPerDay: verdict?.numbers.runsPerDay ?? demand.runsPerDay,
  };
  const { extension, made } = place;
  if (made?.kind === 'no-place') {
    const { because } = made;
    engine.log.debug({ mart, because }, 'a mart has no place in the dbt project');
  }
  const unread = extension.kind === 'none' ? extension.unread : [];
  return made?.kind === 'new'
    ? draftNewModel(made, { ...said, unread })
    : draftExtension(extension, said);
}

/** Reading a whole project takes a while: once for each mart and state of the project's files. */
async function placeOnce(engine: Engine, parts: OneMart): Promise<MartInProject | undefined> {
  const { beside, definition } = parts;
  const { project: folder = '', path } = engine.config.dbt;
  const read = (file: string) => projectText(folder, file);
  const key = `${isStoredBy(parts.its) ? 'table' : 'view'} ${definition.sql}`;
  const known = beside.marts.get(key);
  if (known !== undefined && (await isAsRead(known, { read, path }))) {
    return known;
  }
  const place = await placeOf(engine, { ...parts, read });
  if (place !== undefined) {
    beside.marts.set(key, place);
  }
  return place;
}

async function placeOf(
  engine: Engine,
  { beside, definition, its, input, read }: OneMart & { readonly read: Read },
): Promise<MartInProject | undefined> {
  const { project, world, models } = beside;
  const { path } = engine.config.dbt;
  const whole = await readModel(definition.sql, expandedIn(world));
  const plain = await readModel(definition.sql, world);
  if (whole.kind === 'unread' || plain.kind === 'unread') {
    return undefined;
  }
  const types = new Map(definition.columns.map(({ name, type }) => [name, type]));
  const isStored = isStoredBy(its);
  const common = { project, world, read, path, isStored };
  const extension = await extendModel({ ...common, wanted: whole.query, types, known: models });
  if (extension.kind !== 'none') {
    return { extension };
  }
  const made = await newModel({
    ...common,
    definition,
    query: plain.query,
    whole: whole.query,
    facts: bothFacts(input.facts, beside.facts),
    files: engine.config.propose.files,
  });
  return { extension, made };
}

function isStoredBy(steps: readonly PlanStep[]): boolean {
  return steps.some(({ action }) => STORES.has(action.kind));
}

const STORES: ReadonlySet<PlanStep['action']['kind']> = new Set(['build-version', 'fill-version']);

type Read = (file: string) => Promise<string | undefined>;

/** Whether the files still are what the change was made from. */
async function isAsRead(
  { extension, made }: MartInProject,
  { read, path }: { readonly read: Read; readonly path: string },
): Promise<boolean> {
  const files =
    made?.kind === 'new' ? made.files : extension.kind === 'extended' ? extension.files : [];
  const prefix = path === '' ? '' : `${path}/`;
  for (const { path: file, was } of files.filter((each) => each.path.startsWith(prefix))) {
    const now = await read(file.slice(prefix.length));
    if (was !== undefined && was !== (now === undefined ? '' : sha256(now))) {
      return false;
    }
  }
  return true;
}
