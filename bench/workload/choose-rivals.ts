import type { Appraisal } from '../../src/decide/appraise.ts';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { weighInput } from '../../src/decide/weigh-input.ts';

/** How somebody else would choose marts, from the same history, candidates, matcher and cost model. */
export interface Ranking {
  readonly id: 'top-k' | 'single-query' | 'hru';
  readonly title: string;
  /** In the order in which they are built while there is room. */
  readonly appraisals: readonly Appraisal[];
}

/**
 * `top-k`: what the most frequent statements ask, each a mart of its own. `single-query`: the same marts, the one that saves
 * most first. `hru`: over all candidates, merged ones too, again and again the one whose benefit a byte is most, given those taken
 * before (Harinarayan, Rajaraman, Ullman 1996). None of them knows what builds and refreshes cost.
 */
export function rankRivals(input: CycleInput, bytes: number): readonly Ranking[] {
  const { seen, weighing } = weighInput(input);
  const runsOf = (fingerprint: string) => seen.demandByFingerprint.get(fingerprint)?.runs ?? 0;
  const savedBy = ({ answers }: Appraisal) =>
    answers.reduce(
      (sum, { fingerprint, baseCpuMs, martCpuMs }) =>
        sum + runsOf(fingerprint) * Math.max(0, baseCpuMs - martCpuMs),
      0,
    );
  const own = [...seen.demandByFingerprint.values()].flatMap((demand) => {
    const { fingerprint } = demand.template;
    const mart = ownMart(input, fingerprint);
    return mart === undefined ? [] : [{ mart, runs: demand.runs }];
  });
  const all = [
    ...weighing.weighed.map(({ appraisal }) => appraisal),
    ...weighing.dominated.map(({ item }) => item),
  ].filter(isBuildable);
  return [
    {
      id: 'top-k',
      title: 'top-k by frequency',
      appraisals: once(own.toSorted((a, b) => b.runs - a.runs).map(({ mart }) => mart)),
    },
    {
      id: 'single-query',
      title: 'single-query marts, dearest first',
      appraisals: once(own.map(({ mart }) => mart).toSorted((a, b) => savedBy(b) - savedBy(a))),
    },
    { id: 'hru', title: 'HRU greedy', appraisals: greedy(all, { runsOf, bytes }) },
  ];
}

/** The smallest mart that a statement alone asks for. */
function ownMart(input: CycleInput, fingerprint: string): Appraisal | undefined {
  const { usage } = input;
  const alone = {
    ...input,
    marts: [],
    usage: {
      ...usage,
      templates: usage.templates.filter((each) => each.fingerprint === fingerprint),
      facts: usage.facts.filter((each) => each.fingerprint === fingerprint),
    },
  };
  const { weighing } = weighInput(alone);
  return [
    ...weighing.weighed.map(({ appraisal }) => appraisal),
    ...weighing.dominated.map(({ item }) => item),
  ]
    .filter((each) => isBuildable(each) && each.answers.length > 0)
    .toSorted((a, b) => a.estimate.bytes - b.estimate.bytes)[0];
}

function isBuildable({ candidate, mart }: Appraisal): boolean {
  const { enumerator, unverified, failed, objections } = candidate;
  return (
    mart?.stage !== 'physical' &&
    (enumerator === 'aggregated' || enumerator === 'prejoined' || enumerator === 'published') &&
    unverified.length + failed.length + objections.length === 0
  );
}

function once(appraisals: readonly Appraisal[]): readonly Appraisal[] {
  return [...new Map(appraisals.map((each) => [each.candidate.key, each])).values()];
}

function greedy(
  appraisals: readonly Appraisal[],
  parts: { readonly runsOf: (fingerprint: string) => number; readonly bytes: number },
): readonly Appraisal[] {
  const { runsOf, bytes } = parts;
  const costs = new Map<string, number>();
  const taken: Appraisal[] = [];
  const left = new Set(appraisals);
  let room = bytes;
  for (;;) {
    const ranked = [...left]
      .filter(({ estimate }) => estimate.bytes <= room)
      .map((appraisal) => ({
        appraisal,
        perByte:
          appraisal.answers.reduce((sum, { fingerprint, baseCpuMs, martCpuMs }) => {
            const now = costs.get(fingerprint) ?? baseCpuMs;
            return sum + runsOf(fingerprint) * Math.max(0, now - martCpuMs);
          }, 0) / Math.max(1, appraisal.estimate.bytes),
      }))
      .toSorted((a, b) => b.perByte - a.perByte);
    const [best] = ranked;
    if (best === undefined || best.perByte <= 0) {
      return taken;
    }
    const { appraisal } = best;
    taken.push(appraisal);
    left.delete(appraisal);
    room -= appraisal.estimate.bytes;
    for (const { fingerprint, baseCpuMs, martCpuMs } of appraisal.answers) {
      costs.set(fingerprint, Math.min(costs.get(fingerprint) ?? baseCpuMs, martCpuMs));
    }
  }
}
