import { formatUsd } from '../base/usd.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import type { CycleInput } from './cycle-input.ts';
import type { UnreachableDemand } from './decisions.ts';
import type { Survey } from './survey.ts';
import type { Weighed } from './weigh.ts';

/**
 * Statements a mart could answer but no road leads there: shown with what would open one, never booked (law 2). Each
 * template is listed once, with the candidate that would save it most.
 */
export function unreachableDemand(
  weighed: readonly Weighed[],
  { seen, input }: { readonly seen: Survey; readonly input: CycleInput },
): readonly UnreachableDemand[] {
  const best = new Map<string, { readonly saved: number; readonly listed: UnreachableDemand }>();
  const days = Math.max(1, seen.evidenceDays.length);
  for (const { appraisal, demand } of weighed) {
    const { relation } = appraisal.candidate.definition;
    for (const { answer, unreachableRuns } of demand.byTemplate) {
      const saved = (unreachableRuns * Math.max(0, answer.baseCpuMs - answer.martCpuMs)) / days;
      const known = best.get(answer.fingerprint);
      if (saved <= 0 || (known !== undefined && known.saved >= saved)) {
        continue;
      }
      const clients = clientsOf(answer.fingerprint, { seen });
      best.set(answer.fingerprint, {
        saved,
        listed: {
          fingerprint: answer.fingerprint,
          relation,
          runs: unreachableRuns,
          clients,
          wouldSavePerDay: formatUsd(priceCpuMs(saved, seen.price)),
          whatWouldOpenARoad: roadFor({ relation, clients, input }),
        },
      });
    }
  }
  return [...best.entries()]
    .toSorted(([a, one], [b, two]) => two.saved - one.saved || (a < b ? -1 : 1))
    .map(([, { listed }]) => listed);
}

function clientsOf(fingerprint: string, { seen }: { readonly seen: Survey }): readonly string[] {
  const asks = seen.demandByFingerprint.get(fingerprint)?.asks ?? [];
  const without = asks.filter(({ client }) => !seen.routeClients.has(client));
  return [...new Set(without.map(({ client }) => client || '(no client told)'))].toSorted();
}

function roadFor({
  relation,
  clients,
  input,
}: {
  readonly relation: string;
  readonly clients: readonly string[];
  readonly input: CycleInput;
}): string {
  const isPublished = input.marts.some(({ definition }) => definition.relation === relation);
  const byName = isPublished
    ? `let the statement name ${relation}`
    : `let the statement name ${relation} once it is published`;
  const { policy, capabilities, tellsRewriting } = input;
  const mayRewrite = (capabilities.nativeShapes ?? []).some(
    ({ live, rewritesUntold }) => live === true && rewritesUntold !== true,
  );
  const isSeen = policy.nativeShapes === true && tellsRewriting === true;
  const byItself =
    mayRewrite && !isSeen
      ? ', or let the warehouse answer it from a mart by itself (`decide.nativeShapes` and `history.readsKept`)'
      : '';
  return `let ${clients.join(', ')} ask \`route\` before running it, or ${byName}${byItself}`;
}
