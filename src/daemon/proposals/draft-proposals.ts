import type { RelationId } from '../../base/relation.ts';
import type { CandidateVerdict } from '../../decide/decisions.ts';
import type { Mart } from '../../marts/mart.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import { type AskedSteps, sortSteps } from '../../propose/asked-of.ts';
import { bodyOf } from '../../propose/body/body-of.ts';
import { demandOf } from '../../propose/body/demand-of.ts';
import { sqlOf } from '../../propose/body/sql-of.ts';
import { meaningOf, partsOf } from '../../propose/meaning.ts';
import type { Draft } from '../../propose/proposal.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import type { Engine } from '../engine.ts';

export interface DraftParts {
  readonly decision: CycleDecision;
  readonly marts: readonly Mart[];
  readonly usage: UsageSnapshot;
}

/** The questions a plan asks people, with what they need to answer them. */
export function draftProposals(
  engine: Pick<Engine, 'connector' | 'priceCpu'>,
  parts: DraftParts,
): readonly Draft[] {
  const martOf = martFinder(parts.marts);
  return sortSteps(parts.decision.plan.steps).asked.map((asked) => {
    const { kind, relation, steps } = asked;
    const said = meaningOfSteps(asked, parts.marts);
    const { usage, decision } = parts;
    const demand = demandOf({
      relation,
      steps,
      unreachable: unreachableOf(relation, decision),
      usage,
      priceCpu: engine.priceCpu,
    });
    const verdict = verdictOn(relation, decision.verdicts);
    return {
      kind,
      relation,
      ...said,
      steps,
      files: [],
      body: bodyOf({
        kind,
        relation,
        steps,
        verdict,
        demand,
        sql: sqlOf(steps, { wording: engine.connector.wording, martOf }),
      }),
      evidenceRuns: verdict?.numbers.runsPerDay ?? demand.runsPerDay,
    };
  });
}

/** What a yes to these steps would say yes to. */
export function meaningOfSteps(
  { kind, relation, steps }: AskedSteps,
  marts: readonly Mart[],
): { readonly meaning: string; readonly parts: readonly string[] } {
  const martOf = martFinder(marts);
  const parts = partsOf(steps, (mart) => martOf(mart)?.definitionDigest);
  return { parts, meaning: meaningOf({ kind, relation, parts }) };
}

function martFinder(marts: readonly Mart[]) {
  const known = new Map(marts.map((mart) => [mart.definition.relation, mart]));
  return (relation: RelationId) => known.get(relation);
}

/** Kinds of statement that a mart would answer best, once a road leads there. */
export function unreachableOf(
  relation: RelationId,
  { unreachable }: Pick<CycleDecision, 'unreachable'>,
): readonly string[] {
  return unreachable
    .filter((one) => one.relation === relation)
    .map(({ fingerprint }) => fingerprint);
}

/** Several candidates may have been judged under one name: the one something comes of, else any. */
export function verdictOn(
  relation: RelationId,
  verdicts: readonly CandidateVerdict[],
): CandidateVerdict | undefined {
  const its = verdicts.filter((verdict) => verdict.relation === relation);
  return its.find(({ outcome }) => outcome !== 'refuse') ?? its[0];
}
