import { DAY_MS, dayNumber, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { CatalogRelation } from '../connectors/connector.ts';
import type { Accumulator, CycleInput } from '../decide/cycle-input.ts';
import type { Mart, SourceState } from '../marts/mart.ts';
import { attributesOf } from '../prune/attributes-of.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import { dayNumberOf } from '../usage/decay.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import type { ColumnRead } from '../usage/usage-ports.ts';
import type { EstimatedSizes } from './estimate-sizes.ts';
import type { ReplaySettings } from './replay-settings.ts';
import type { SimulatedWork } from './simulated-work.ts';

/** What one morning knows. */
export interface Known {
  readonly settings: ReplaySettings;
  readonly schema: SchemaSnapshot;
  readonly viewSql: ReadonlyMap<RelationId, string>;
  readonly adoptable: CycleInput['adoptable'];
  readonly firstDay: number;
  /** Reads of gold relations, by day. */
  readonly reads: readonly ColumnRead[];
  readonly now: EpochMs;
  readonly usage: UsageSnapshot;
  readonly sizes: EstimatedSizes;
  readonly marts: readonly Mart[];
  readonly accumulators: readonly Accumulator[];
  readonly work: SimulatedWork;
  readonly stateOf: (relation: RelationId) => SourceState;
}

/** The input of one morning's decision, with nothing assumed yet. */
export function knownInput(known: Known): CycleInput {
  const { settings, now, schema, sizes, marts } = known;
  return {
    now,
    mode: 'auto',
    dialect: settings.dialect,
    capabilities: {
      canWrite: true,
      transactionalDdl: true,
      replaceViewChangesColumns: true,
      foldsNowInViews: true,
      hasGrants: false,
      billing: 'cpu',
    },
    cyclePeriodMs: settings.cyclePeriodMs,
    usage: known.usage,
    schema,
    catalog: catalogOf(known),
    marts,
    sourceStates: [...new Set(marts.flatMap(({ definition }) => definition.sources))].map(
      known.stateOf,
    ),
    facts: {
      source: 'assumed by a replay',
      verifiedAt: now,
      uniqueKeys: [],
      inclusions: [],
      notNull: [],
      rowCounts: [],
    },
    factsChecked: [],
    columnNdvs: sizes.ndvs,
    described: [],
    accumulators: known.accumulators,
    receipts: [],
    workDone: known.work.done,
    prices: [settings.price],
    pricedAs: settings.price.warehouse,
    policy: settings.policy,
    // Nothing is built here, so nothing is built in steps.
    caps: { ...settings.caps, steps: undefined },
    adoptable: known.adoptable,
    naming: { goldSchema: settings.marts.goldSchema, dataSchema: settings.marts.dataSchema },
    maxStalenessMs: settings.marts.maxStaleness,
    prune: { settings: settings.prune, gold: goldUse(known), kept: [], refusedCuts: [] },
    declined: [],
  };
}

function catalogOf({ schema, sizes, viewSql, marts }: Known): readonly CatalogRelation[] {
  const martSql = new Map(marts.map(({ definition }) => [definition.relation, definition.sql]));
  return schema.relations.map(({ id, kind, columns, keys, foreignKeys }) => {
    const rows = sizes.rows.get(id);
    const definitionSql = martSql.get(id) ?? viewSql.get(id);
    return {
      id,
      kind,
      columns,
      keys,
      foreignKeys,
      ...(kind === 'view' || rows === undefined ? {} : { rows }),
      ...(definitionSql === undefined ? {} : { definitionSql }),
    };
  });
}

/** Who used which attribute of gold relations up to yesterday. */
function goldUse({ reads, schema, marts, now, settings, firstDay }: Known): readonly GoldUse[] {
  const today = dayNumber(now);
  const watched = new Set(marts.map(({ definition }) => definition.relation));
  const relations = new Map(
    schema.relations
      .filter(({ id }) => watched.has(id))
      .map(({ id, columns }) => [id, columns.map(({ name }) => name)]),
  );
  if (relations.size === 0) {
    return [];
  }
  const oldest = today - settings.prune.watchFor / DAY_MS - 1;
  const seen = reads.filter(({ day, relation }) => {
    const number = dayNumberOf(day);
    return number < today && number >= Math.min(oldest, firstDay) && relations.has(relation);
  });
  return [...attributesOf(relations, seen)].map(([relation, use]) => ({
    relation,
    ...use,
    watchedSince: firstDay,
    knownSince: Math.min(use.readDays[0] ?? today, today),
  }));
}
