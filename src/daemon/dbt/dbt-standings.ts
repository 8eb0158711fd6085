import { DAY_MS } from '../../base/clock.ts';
import { type NanoUsd, noMoney, scaleUsd } from '../../base/usd.ts';
import type { CycleInput } from '../../decide/cycle-input.ts';
import type { MartAttributes } from '../../decide/prune-marts.ts';
import type { DbtModel, DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { type GoldUse, goldRelationOf } from '../../prune/gold-relation-of.ts';
import { climb } from '../../prune/ladder.ts';
import { idleSpells, revivalHazard } from '../../prune/revival.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { indexSchema } from '../../sql/schema-index.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { type DbtRead, dbtBeside } from './dbt-beside.ts';

export interface StandingParts {
  readonly input: CycleInput;
  readonly schema: ObservedSchema;
  readonly signal?: AbortSignal | undefined;
}

/** A gold relation that a model of the project makes, and that is no mart of ours. */
export interface WatchedModel {
  readonly model: DbtModel;
  readonly use: GoldUse;
  readonly standings: MartAttributes;
  readonly cost: ModelCost;
}

/** What dbt was seen to spend on building a model. */
export interface ModelCost {
  readonly perDay: NanoUsd;
  readonly perRun: NanoUsd;
  readonly runs: number;
  /** On its tests and on building it in CI: counted apart, for neither is demand. */
  readonly apart: { readonly perDay: NanoUsd; readonly runs: number };
}

/** Where the attributes of dbt's own gold relations stand: the same rules as for marts, but nothing is done to them. */
export async function modelStandings(
  engine: Engine,
  parts: StandingParts,
): Promise<readonly MartAttributes[]> {
  const beside = await dbtBeside(engine, parts);
  return beside.kind === 'read'
    ? watchedModels(engine, { ...parts, beside }).map(({ standings }) => standings)
    : [];
}

/** Judges every attribute of the gold relations that models of the project make. */
export function watchedModels(
  engine: Pick<Engine, 'priceCpu'>,
  { input, beside }: Pick<StandingParts, 'input'> & { readonly beside: DbtRead },
): readonly WatchedModel[] {
  const { project } = beside;
  const ours = new Set(input.marts.map(({ definition }) => definition.relation));
  return (input.prune?.gold ?? []).flatMap((use): readonly WatchedModel[] => {
    const model = project.models.find(
      (each) =>
        each.relation === use.relation && each.kind === 'model' && each.package === project.name,
    );
    if (model === undefined || ours.has(use.relation)) {
      return [];
    }
    const { usage } = input;
    const cost = costOf(model, { usage, project, priceCpu: engine.priceCpu });
    return [{ model, use, cost, standings: judge(use, { input, beside, cost }) }];
  });
}

/** What keys a model has is known by its tests, which keep them already. */
const SOMEBODY_ELSES: NormalQuery = {
  body: { kind: 'opaque', because: 'a model of somebody else' },
  outputs: [],
  orderBy: [],
};

interface Judging {
  readonly input: CycleInput;
  readonly beside: DbtRead;
  readonly cost: ModelCost;
}

function judge(use: GoldUse, { input, beside, cost }: Judging): MartAttributes {
  const { prune, usage, now, facts } = input;
  if (prune === undefined) {
    return { relation: use.relation, standings: [] };
  }
  const dialect = dialectOf(input.dialect);
  const today = Math.floor(now / DAY_MS);
  const spells = prune.gold.flatMap(({ attributes, watchedSince, knownSince }) =>
    attributes.flatMap(({ namedDays }) =>
      namedDays.length === 0
        ? [{ days: today - Math.max(watchedSince, knownSince), ended: false }]
        : idleSpells(namedDays, { today }),
    ),
  );
  const share = scaleUsd(cost.perDay, 1 / Math.max(1, use.attributes.length));
  return {
    relation: use.relation,
    standings: climb({
      of: goldRelationOf({
        use,
        definition: SOMEBODY_ELSES,
        facts,
        templates: usage.templates,
        views: { schema: indexSchema(input.schema, dialect), dialect },
        dbt: beside.needs,
      }),
      pruned: [],
      now,
      settings: prune.settings,
      coverage: usage.coverage.resolvedShare,
      keptByPerson: new Set(
        prune.kept
          .filter(({ relation }) => relation === use.relation)
          .map(({ attribute }) => attribute),
      ),
      hazard: revivalHazard(spells),
      buildCost: cost.perRun,
      savingPerDay: () => share,
    }),
  };
}

interface Costing extends Pick<Engine, 'priceCpu'> {
  readonly usage: UsageSnapshot;
  readonly project: DbtProject;
}

/** dbt says in a comment which model a statement is for. What a CI target builds of it is another matter. */
function costOf({ id }: DbtModel, { usage, project, priceCpu }: Costing): ModelCost {
  const its = usage.facts.filter(({ reader }) => reader.tool === 'dbt');
  const facts = its.filter(({ reader }) => reader.name === id && reader.kind === 'pipeline');
  const cpuMs = facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  // A build is several statements; the one that ran most often ran once in each.
  const runs = Math.max(
    0,
    ...[...Map.groupBy(facts, ({ fingerprint }) => fingerprint).values()].map((of) =>
      of.reduce((sum, fact) => sum + fact.runs, 0),
    ),
  );
  const days = Math.max(1, (usage.until - usage.from) / DAY_MS);
  const tests = new Set(
    project.tests.filter(({ at, dependsOn }) => (at ?? dependsOn[0]) === id).map((test) => test.id),
  );
  const others = its.filter(
    ({ reader }) => reader.kind === 'test' && (reader.name === id || tests.has(reader.name)),
  );
  const apart = {
    perDay: priceCpu(others.reduce((sum, fact) => sum + fact.cpuMs, 0) / days),
    runs: others.reduce((sum, fact) => sum + fact.runs, 0),
  };
  return runs === 0
    ? { perDay: noMoney, perRun: noMoney, runs, apart }
    : { perDay: priceCpu(cpuMs / days), perRun: priceCpu(cpuMs / runs), runs, apart };
}
