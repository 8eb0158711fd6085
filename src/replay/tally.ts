import { dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { addUsd, type NanoUsd, nanoUsd, noMoney } from '../base/usd.ts';
import { obligationKey } from '../candidates/join-star.ts';
import type { Mart } from '../marts/mart.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { Assumptions } from './assume-facts.ts';
import { bookMarts, costOfDay } from './book-day.ts';
import { finishReport, type Seen } from './finish-report.ts';
import type { ReplayEvent, ReplayedDay, ReplayedMart, ReplayReport } from './replay-report.ts';
import type { ReplaySettings } from './replay-settings.ts';
import type { Morning } from './walk-days.ts';

/** What a replay has seen so far. */
export interface Tally {
  add(morning: Morning): void;
  report(seen: Seen): ReplayReport;
}

interface Life {
  readonly relation: RelationId;
  readonly sql: string;
  readonly origin: ReplayedMart['origin'];
  readonly publishedOn: string;
  readonly obligations: readonly string[];
  stood: { from: string; until: string | undefined }[];
  stage: ReplayedMart['stage'];
  saved: NanoUsd;
  upkeep: NanoUsd;
  builds: NanoUsd;
  refreshes: number;
  templates: number;
  rows: number;
}

/** Adds the mornings of a replay up, one after the other. */
export function startTally({ settings }: { readonly settings: ReplaySettings }): Tally {
  const lives = new Map<RelationId, Life>();
  const days: ReplayedDay[] = [];
  const events: ReplayEvent[] = [];
  let latest: Morning | undefined;

  function book(morning: Morning): void {
    const booked = bookMarts(morning);
    for (const each of booked) {
      const life = lives.get(each.relation);
      if (life !== undefined) {
        life.saved = addUsd(life.saved, each.saved);
        life.upkeep = addUsd(life.upkeep, each.upkeep);
        life.templates = Math.max(life.templates, each.templates);
        life.rows = Math.round(each.rows);
      }
    }
    const { statements, cost } = costOfDay(morning);
    const builtYesterday = events.filter(
      ({ day, kind }) => day === morning.yesterday && kind === 'build',
    );
    days.push({
      day: morning.yesterday,
      statements,
      asItRan: cost,
      saved: addUsd(...booked.map(({ saved }) => saved)),
      upkeep: addUsd(...booked.map(({ upkeep }) => upkeep)),
      builds: addUsd(...builtYesterday.map((event) => event.cost ?? noMoney)),
      standing: morning.stood.filter(({ stage }) => stage === 'physical').length,
    });
  }

  return {
    add(morning) {
      latest = morning;
      book(morning);
      const day = dayOf(morning.now);
      for (const step of morning.decision.plan.steps) {
        const event = eventOf(step, { day, morning });
        if (event !== undefined) {
          events.push(event);
        }
      }
      follow(lives, { morning, day, events });
    },
    report(seen) {
      return finishReport({
        ...seen,
        settings,
        latest,
        days,
        events,
        marts: [...lives.values()].map((life) => martOf(life, latest?.assumptions ?? new Map())),
      });
    },
  };
}

/** Marts that came, changed their stage, or went. */
function follow(
  lives: Map<RelationId, Life>,
  {
    morning,
    day,
    events,
  }: {
    readonly morning: Morning;
    readonly day: string;
    readonly events: readonly ReplayEvent[];
  },
): void {
  for (const mart of morning.marts) {
    const { relation } = mart.definition;
    const life = lives.get(relation) ?? newLife(mart, day);
    lives.set(relation, life);
    const open = life.stood.at(-1);
    if (mart.stage === 'physical' && (open === undefined || open.until !== undefined)) {
      life.stood.push({ from: day, until: undefined });
    }
    if (mart.stage !== 'physical' && open !== undefined && open.until === undefined) {
      open.until = day;
    }
    life.stage = mart.stage === 'physical' ? 'physical' : 'logical';
    const built = events.filter(
      (event) => event.day === day && event.kind === 'build' && event.relation === relation,
    );
    life.builds = addUsd(life.builds, ...built.map(({ cost }) => cost ?? noMoney));
  }
  for (const { action } of morning.decision.plan.steps) {
    if (action.kind === 'build-version' && action.reason === 'refresh') {
      const life = lives.get(action.mart);
      if (life !== undefined) {
        life.refreshes += 1;
      }
    }
  }
  const standing = new Set(morning.marts.map(({ definition }) => definition.relation));
  for (const life of lives.values()) {
    if (!standing.has(life.relation)) {
      life.stage = 'released';
    }
  }
}

function newLife({ definition }: Mart, day: string): Life {
  return {
    relation: definition.relation,
    sql: definition.sql,
    origin: definition.origin,
    publishedOn: day,
    obligations: definition.obligations.map(obligationKey),
    stood: [],
    stage: 'logical',
    saved: noMoney,
    upkeep: noMoney,
    builds: noMoney,
    refreshes: 0,
    templates: 0,
    rows: 0,
  };
}

function martOf({ obligations, ...life }: Life, assumptions: Assumptions): ReplayedMart {
  return { ...life, assumed: obligations.filter((key) => assumptions.get(key)?.as === 'holds') };
}

function eventOf(
  { action, because, predicted }: PlanStep,
  { day, morning }: { readonly day: string; readonly morning: Morning },
): ReplayEvent | undefined {
  const { mart: relation } = action;
  const common = { day, relation, because };
  if ('definition' in action && action.kind !== 'follow-source') {
    const isBuilt = morning.decision.plan.steps.some(
      (step) => step.action.kind === 'build-version' && step.action.mart === relation,
    );
    return isBuilt ? undefined : { ...common, kind: 'publish' };
  }
  switch (action.kind) {
    case 'build-version':
      return action.reason === 'promote'
        ? { ...common, kind: 'build', cost: predicted?.cost ?? nanoUsd(0n) }
        : undefined;
    case 'repoint-view': {
      const staysPhysical = morning.marts.some(
        ({ definition, stage }) => definition.relation === relation && stage === 'physical',
      );
      return action.to.kind === 'logical' && !staysPhysical
        ? { ...common, kind: 'demote' }
        : undefined;
    }
    case 'release-mart':
      return { ...common, kind: 'release' };
    case 'mark-attributes':
      return {
        ...common,
        kind: 'prune',
        because: action.changes.map(({ name, to }) => `${name}: ${to}`).join(', '),
      };
    case 'hold-version':
    case 'follow-source':
    case 'fill-version':
    case 'refresh-version':
    case 'drop-version':
      return undefined;
  }
}
