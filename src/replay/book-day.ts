import type { RelationId } from '../base/relation.ts';
import { type NanoUsd, noMoney, subtractUsd } from '../base/usd.ts';
import type { Answer } from '../candidates/candidate.ts';
import { roadOf } from '../candidates/roads.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import { weighInput } from '../decide/weigh-input.ts';
import type { UsageFact } from '../usage/template.ts';
import type { Morning } from './walk-days.ts';

/** One mart's money of one day. */
export interface BookedMart {
  readonly relation: RelationId;
  /** What its statements really cost that day, less what they are predicted to cost on the mart; may be negative. */
  readonly saved: NanoUsd;
  readonly upkeep: NanoUsd;
  readonly templates: number;
  readonly rows: number;
}

/**
 * Yesterday's money of the marts that stood. The statements' own cost of that very day is the other side, so no saving is
 * larger than what was really spent. A statement counts for the mart that answers it cheapest.
 */
export function bookMarts({ input, usage, yesterday, stood }: Morning): readonly BookedMart[] {
  const { seen, weighing } = weighInput(input);
  const physical = new Set(
    stood.flatMap(({ definition, stage }) => (stage === 'physical' ? [definition.relation] : [])),
  );
  const standing = weighing.weighed
    .map(({ appraisal }) => ({ appraisal, relation: appraisal.candidate.definition.relation }))
    .filter(({ relation }) => physical.has(relation))
    .toSorted((a, b) => (a.relation < b.relation ? -1 : 1));
  const best = new Map<string, { readonly relation: RelationId; readonly answer: Answer }>();
  for (const { appraisal, relation } of standing) {
    for (const answer of appraisal.answers) {
      if (answer.martCpuMs < (best.get(answer.fingerprint)?.answer.martCpuMs ?? Infinity)) {
        best.set(answer.fingerprint, { relation, answer });
      }
    }
  }
  const savedMs = new Map<RelationId, number>();
  for (const fact of usage.facts) {
    const served = fact.day === yesterday ? best.get(fact.fingerprint) : undefined;
    if (
      served === undefined ||
      !isReached(fact, { answer: served.answer, routeClients: seen.routeClients })
    ) {
      continue;
    }
    const saved = fact.cpuMs - fact.costedRuns * served.answer.martCpuMs;
    savedMs.set(served.relation, (savedMs.get(served.relation) ?? 0) + saved);
  }
  return standing.map(({ appraisal, relation }) => {
    const saved = savedMs.get(relation) ?? 0;
    const worth = priceCpuMs(Math.abs(saved), seen.price);
    return {
      relation,
      saved: saved < 0 ? subtractUsd(noMoney, worth) : worth,
      upkeep: appraisal.estimate.upkeepPerDay,
      templates: appraisal.answers.length,
      rows: appraisal.rows,
    };
  });
}

function isReached(
  { reader, client }: UsageFact,
  { answer, routeClients }: { readonly answer: Answer; readonly routeClients: ReadonlySet<string> },
): boolean {
  return (
    reader.kind !== 'goldsmith' &&
    reader.kind !== 'test' &&
    (roadOf(answer) !== 'route' || routeClients.has(client.toLowerCase()))
  );
}

/** What yesterday's statements cost as they ran. */
export function costOfDay({ usage, yesterday, input }: Morning): {
  readonly statements: number;
  readonly cost: NanoUsd;
} {
  const facts = usage.facts.filter(
    ({ day, reader }) => day === yesterday && reader.kind !== 'goldsmith',
  );
  const statements = facts.reduce((sum, { runs, cachedRuns }) => sum + runs + cachedRuns, 0);
  const cpuMs = facts.reduce((sum, fact) => sum + fact.cpuMs, 0);
  return { statements, cost: priceCpuMs(cpuMs, weighInput(input).seen.price) };
}
