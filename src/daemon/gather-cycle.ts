import type { CycleInput } from '../decide/cycle-input.ts';
import type { PruneInput } from '../decide/prune-input.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { readAdoptables } from './adoptables.ts';
import { dbtBeside, needsOf } from './dbt/dbt-beside.ts';
import type { Engine } from './engine.ts';
import { factsDoubtedAt, gatherInput } from './gather-input.ts';
import { type GoldWorld, goldUseOf } from './gold-use-of.ts';
import { noesOf, timesOf, toldToPlanner } from './proposals/persons-noes.ts';
import { relationNamed } from './relation-named.ts';
import { KEPT_ATTRIBUTE } from './restore.ts';
import { wordChoices } from './words/kept-choices.ts';
import { workToDecide } from './work-to-decide.ts';

/** Everything one decision is made from: what is known, and what had to be measured for it. */
export async function gatherCycle(
  engine: Engine,
  {
    schema,
    marts,
    usage,
    signal,
  }: GoldWorld & { readonly usage: UsageSnapshot; readonly signal: AbortSignal | undefined },
): Promise<CycleInput> {
  const { connector, config, memory, clock, store, prices, names, ledger } = engine;
  const now = clock.now();
  const refusals = await ledger.readRefusals();
  const { declined, held } = toldToPlanner(noesOf(refusals, memory.proposals.list()), {
    now,
    times: timesOf(config),
  });
  return gatherInput(
    {
      now,
      mode: config.mode,
      dialect: connector.dialect,
      capabilities: connector.capabilities,
      cyclePeriodMs: config.schedule.period,
      usage,
      schema: schema.snapshot,
      catalog: schema.catalog,
      marts,
      accumulators: memory.accumulators.list(),
      receipts: memory.receipts.list(),
      workDone: workToDecide(memory.work.list(), {
        now,
        evidenceDays: config.decide.evidenceDays,
      }),
      prices: prices.list(),
      policy: config.decide,
      caps: config.caps,
      pairedRunsPerCycle: config.schedule.period / config.savings.pairedRunsEvery,
      adoptable: await readAdoptables(config.marts.adoptable, {
        parse: engine.parsers.parse,
        dialect: connector.dialect,
        nameOf: (written) => relationNamed(written, { schema, names }),
        isOurs: (relation) => marts.some(({ definition }) => definition.relation === relation),
        signal,
      }),
      naming: {
        goldSchema: config.marts.goldSchema,
        dataSchema: config.marts.dataSchema,
      },
      maxStalenessMs: config.marts.maxStaleness,
      ...('readsKept' in config.history && config.history.readsKept
        ? { tellsRewriting: true }
        : {}),
      readerStaleness: config.marts.readerStaleness.map(({ reader, maxStaleness }) => ({
        reader,
        maxStalenessMs: maxStaleness,
      })),
      declined,
      ...chosenWords(store.documents),
      ...(held.drops.length + held.prunes.length === 0 ? {} : { held }),
      ...(config.prune.enabled
        ? { prune: await pruneInput(engine, { schema, marts, refusals, signal }) }
        : {}),
    },
    {
      connector,
      documents: store.documents,
      schemaDigest: schema.digest,
      now,
      doubtedAt: factsDoubtedAt(refusals),
      signal,
    },
  );
}

async function pruneInput(
  engine: Engine,
  {
    refusals,
    signal,
    ...world
  }: GoldWorld & {
    readonly refusals: Awaited<ReturnType<Engine['ledger']['readRefusals']>>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<PruneInput> {
  const gold = goldUseOf(engine, world);
  const beside = await dbtBeside(engine, { schema: world.schema, signal });
  return {
    settings: engine.config.prune,
    gold,
    ...(beside.kind === 'none' ? {} : { dbt: needsOf(beside, gold) }),
    kept: refusals
      .filter(({ code }) => code === KEPT_ATTRIBUTE)
      .map(({ relation, digest }) => ({ relation, attribute: digest })),
    refusedCuts: refusals
      .filter(({ code }) => code === 'CUT_TOO_SMALL')
      .map(({ relation, at }) => ({ relation, at })),
  };
}

/** Given where somebody chose a word's meaning. */
function chosenWords(documents: DocumentStore): Pick<CycleInput, 'words'> {
  const words = [...wordChoices(documents).values()].map(({ name, keys }) => ({ name, keys }));
  return words.length === 0 ? {} : { words };
}
