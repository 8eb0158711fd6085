import type { EpochMs } from '../base/clock.ts';
import { type RelationId, relationParts } from '../base/relation.ts';
import { type NanoUsd, nanoUsd, scaleUsd } from '../base/usd.ts';
import type { ViewCatalog } from '../lineage/views-of.ts';
import type { AttributeChange, Mart, PrunedAttribute } from '../marts/mart.ts';
import { isSameForm, type SlimForm } from '../marts/slim-form.ts';
import { goldRelationOf } from '../prune/gold-relation-of.ts';
import { climb, type Standing } from '../prune/ladder.ts';
import { idleSpells, revivalHazard } from '../prune/revival.ts';
import type { PruneSettings } from '../prune/settings.ts';
import { slimForm } from '../prune/slim-form.ts';
import { tellable } from '../prune/tellable.ts';
import type { ColumnTypes } from '../sql/match/column-types.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { CycleInput } from './cycle-input.ts';
import type { PruneInput } from './prune-input.ts';

export interface PruneMartParts {
  readonly mart: Mart;
  readonly definition: NormalQuery;
  readonly input: CycleInput;
  readonly prune: PruneInput;
  readonly types: ColumnTypes;
  readonly views: ViewCatalog;
  readonly rowsOf: (relation: RelationId) => number;
  /** Of the version to build next. */
  readonly table: RelationId;
  readonly buildCost: NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /**
   * `step`: whatever the ladder says. `refresh`: a refresh is due, so only what cannot fail it goes with it; attributes are taken away
   * in a build of their own.
   */
  readonly occasion: 'step' | 'refresh';
}

/** What pruning makes of one mart in this cycle. */
export interface PrunedMart {
  readonly standings: readonly Standing[];
  readonly changes: readonly AttributeChange[];
  /** How the next version is stored; absent where every attribute is. */
  readonly form: SlimForm | undefined;
  /** Whether that differs from how the current version is stored. */
  readonly needsBuild: boolean;
  /** Least measured cut, where the build takes something away. */
  readonly minimumCut: number | undefined;
}

/** Judges every attribute of a physical mart, and says how its next version is to be stored. */
export function pruneMart(parts: PruneMartParts): PrunedMart {
  const { mart, input, prune } = parts;
  const { settings } = prune;
  const use = prune.gold.find(({ relation }) => relation === mart.definition.relation);
  const refusedAt = refusedCut(mart, parts);
  const pruned = mart.pruned ?? [];
  const standings =
    use === undefined
      ? []
      : climb({
          of: goldRelationOf({
            use,
            definition: parts.definition,
            facts: input.facts,
            templates: input.usage.templates,
            views: parts.views,
            dbt: prune.dbt,
          }),
          pruned,
          now: input.now,
          settings,
          coverage: input.usage.coverage.resolvedShare,
          keptByPerson: new Set(
            prune.kept
              .filter(({ relation }) => relation === mart.definition.relation)
              .map(({ attribute }) => attribute),
          ),
          hazard: hazardOf(prune, input.now),
          buildCost: parts.buildCost,
          savingPerDay: () => perAttribute(parts),
        }).map((each) =>
          tellable(each, {
            type: typeOf(mart, each.attribute),
            tombstones: input.capabilities.tombstones,
          }),
        );
  const moves = standings.filter(
    ({ from, to }) =>
      from !== to &&
      mayMove(to, refusedAt) &&
      !isHeld(to, parts) &&
      (parts.occasion === 'step' || to === 'kept' || to === 'announced'),
  );
  const after = afterMoves(pruned, { moves, now: input.now });
  const form = formOf(after, parts);
  const isStored = fits(after, {
    form,
    stands: mart.current?.slim,
    hasHidden: moves.some(({ to }) => to === 'hidden'),
  });
  const takesAway = moves.some(({ to }) => to === 'hidden' || to === 'tombstoned');
  return {
    standings: standings.map((each) => explained(each, refusedAt, settings)),
    changes: moves.map(({ attribute, from, to, because }) => ({
      name: attribute,
      from,
      to,
      because,
    })),
    form,
    needsBuild: !isStored,
    minimumCut: takesAway && !isStored ? settings.minimumCut : undefined,
  };
}

/** A form that saved too little is not tried again for a while: announcements wait with it, for nothing would come of them. */
function refusedCut({ definition }: Mart, { input, prune }: PruneMartParts): EpochMs | undefined {
  const wait = input.policy.declinedFor;
  return prune.refusedCuts
    .filter(({ relation, at }) => relation === definition.relation && input.now - at < wait)
    .map(({ at }) => at)
    .toSorted((a, b) => b - a)[0];
}

function typeOf({ definition }: Mart, attribute: string): string {
  return definition.columns.find(({ name }) => name === attribute)?.type ?? '';
}

/** Nobody agreed to take it away yet, or somebody said no. */
function isHeld(to: Standing['to'], { mart, input }: PruneMartParts): boolean {
  return (
    (to === 'hidden' || to === 'tombstoned') &&
    input.held?.prunes.includes(mart.definition.relation) === true
  );
}

function mayMove(to: Standing['to'], refusedAt: EpochMs | undefined): boolean {
  return to === 'kept' || refusedAt === undefined;
}

function explained(
  standing: Standing,
  refusedAt: EpochMs | undefined,
  settings: PruneSettings,
): Standing {
  if (standing.from === standing.to || mayMove(standing.to, refusedAt)) {
    return standing;
  }
  return {
    ...standing,
    to: standing.from,
    rule: 'cut-too-small',
    because: `${standing.because}; but a slim form was measured on ${new Date(refusedAt ?? 0).toISOString().slice(0, 10)} and saved less than ${Math.round(settings.minimumCut * 100)} % of a refresh`,
  };
}

function hazardOf({ gold }: PruneInput, now: EpochMs) {
  const today = Math.floor(now / 86_400_000);
  return revivalHazard(
    gold.flatMap(({ attributes, watchedSince, knownSince }) =>
      attributes.flatMap(({ namedDays }) =>
        namedDays.length === 0
          ? [{ days: today - Math.max(watchedSince, knownSince), ended: false }]
          : idleSpells(namedDays, { today }),
      ),
    ),
  );
}

/** Its even share of what the mart's upkeep costs: the measured cut decides whether a step is taken. */
function perAttribute({ upkeepPerDay, mart }: PruneMartParts): NanoUsd {
  const { columns } = mart.definition;
  return columns.length === 0 ? nanoUsd(0n) : scaleUsd(upkeepPerDay, 1 / columns.length);
}

function afterMoves(
  pruned: readonly PrunedAttribute[],
  { moves, now }: { readonly moves: readonly Standing[]; readonly now: EpochMs },
): readonly PrunedAttribute[] {
  const moved = new Map(moves.map((each) => [each.attribute, each]));
  return [
    ...pruned.filter(({ name }) => !moved.has(name)),
    ...moves.flatMap(({ attribute, to, because }) =>
      to === 'kept' ? [] : [{ name: attribute, stage: to, since: now, because }],
    ),
  ];
}

/**
 * Whether the current version is stored as attributes stand now. What is hidden but lies stored is no reason to build again, unless
 * it was hidden just now: facts that let more be packed come and go.
 */
function fits(
  pruned: readonly PrunedAttribute[],
  {
    form,
    stands,
    hasHidden,
  }: {
    readonly form: SlimForm | undefined;
    readonly stands: SlimForm | undefined;
    readonly hasHidden: boolean;
  },
): boolean {
  if (stands === undefined || form === undefined) {
    return stands === form;
  }
  const stages = new Map(pruned.map(({ name, stage }) => [name, stage]));
  const isWrong = stands.attributes.some(({ kind, name }) => {
    const stage = stages.get(name);
    const isTombstone = stage === 'tombstoned';
    const isAway = kind === 'packed' || kind === 'beside';
    return (kind === 'tombstone') !== isTombstone || (isAway && stage !== 'hidden');
  });
  return !isWrong && (!hasHidden || isSameForm(form, stands));
}

function formOf(
  pruned: readonly PrunedAttribute[],
  { mart, definition, input, prune, types, rowsOf, table }: PruneMartParts,
): SlimForm | undefined {
  const hidden = pruned.filter(({ stage }) => stage === 'hidden').map(({ name }) => name);
  const tombstones = pruned.filter(({ stage }) => stage === 'tombstoned');
  if (hidden.length + tombstones.length === 0) {
    return undefined;
  }
  const outcome = slimForm(definition, {
    table,
    hidden: new Set(hidden),
    tombstones: new Map(
      tombstones.map((each) => [each.name, tombstoneMessage(mart.definition.relation, each)]),
    ),
    facts: input.facts,
    types,
    dialect: input.dialect,
    hiding: input.capabilities.hiding ?? 'packs',
    maxRows: mostRows(mart, { input, prune }),
    rowsOf,
  });
  return outcome.kind === 'slim' ? outcome.form : undefined;
}

/** Whoever selects from a pack reads a list as long; what is looked up by its key may have any length. */
function mostRows(mart: Mart, { input, prune }: Pick<PruneMartParts, 'input' | 'prune'>): number {
  const { maxPackShare, maxPackRows } = prune.settings;
  const share = Math.floor(maxPackShare * (mart.current?.rows ?? 0));
  return input.capabilities.hiding === undefined ? Math.min(maxPackRows, share) : share;
}

/** What a statement that names a tombstone gets: since when, why, and how to get it back. */
export function tombstoneMessage(
  relation: RelationId,
  { name, since, because }: PrunedAttribute,
): string {
  const { schema, name: mart } = relationParts(relation);
  const readable = schema === undefined ? mart : `${schema}.${mart}`;
  const day = new Date(since).toISOString().slice(0, 10);
  return `${readable}.${name} was pruned on ${day} (${because}); to get it back: goldsmith restore ${readable} ${name}`;
}
