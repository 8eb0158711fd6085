import type { EpochMs } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { MartDefinition, MartVersion, SourceState } from '../marts/mart.ts';
import { isSameMeasure } from '../marts/same-measure.ts';

/** Why a candidate's staleness bound cannot be kept at all, and the setting to change; absent where it can. */
export function pinnedBound(
  { definition, strictest }: Pick<Candidate, 'definition' | 'strictest'>,
  cyclePeriodMs: number,
): { readonly because: string; readonly setting: string } | undefined {
  const { origin, relation, maxStalenessMs } = definition;
  const ofMart =
    origin === 'adopted' ? `marts.adoptable ${relation} maxStaleness` : 'marts.maxStaleness';
  const setting =
    strictest === undefined ? ofMart : `marts.readerStaleness ${strictest.reader} maxStaleness`;
  if (maxStalenessMs <= 0) {
    return {
      because: `${relation} may never answer older than its sources, which no physical mart can promise; say how old its answers may be in \`${setting}\``,
      setting,
    };
  }
  return maxStalenessMs < cyclePeriodMs
    ? {
        because: `${strictest === undefined ? '' : `for ${strictest.reader}, its strictest reader, `}its answers may be ${formatDuration(maxStalenessMs)} old, but cycles are ${formatDuration(cyclePeriodMs)} apart, so its freshness would run out between two of them`,
        setting,
      }
    : undefined;
}

export type Freshness =
  /** Sources are as they were at the build. */
  | { readonly kind: 'fresh' }
  | { readonly kind: 'changed'; readonly relation: string; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** Whether a version still holds what its sources hold, by the states measured in this cycle. */
export function freshnessOf(
  { sourceStates }: MartVersion,
  measured: readonly SourceState[],
): Freshness {
  if (sourceStates.length === 0) {
    return { kind: 'unknown', because: 'the build recorded no state of its sources' };
  }
  for (const before of sourceStates.toSorted((a, b) => (a.relation < b.relation ? -1 : 1))) {
    const { relation, rows } = before;
    const now =
      measured.find((state) => isSameMeasure(state, before)) ??
      measured.find((state) => state.relation === relation);
    if (now === undefined) {
      return { kind: 'unknown', because: `${relation} could not be measured in this cycle` };
    }
    if (now.rows !== rows) {
      const because = `${relation} had ${rows} rows at the build and has ${now.rows}`;
      return { kind: 'changed', relation, because };
    }
    if (!isSameMeasure(now, before)) {
      const because = `${relation} was measured over other columns at the build`;
      return { kind: 'unknown', because };
    }
    if (now.checksum !== before.checksum) {
      const because = `${relation} has ${rows} rows as at the build, but other content`;
      return { kind: 'changed', relation, because };
    }
  }
  return { kind: 'fresh' };
}

/** Last moment the version may still answer. */
export function staleAt(version: MartVersion, { maxStalenessMs }: MartDefinition): EpochMs {
  return version.verifiedFreshAt + maxStalenessMs;
}
