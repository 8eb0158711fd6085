import type { EpochMs } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition, MartVersion, SourceState } from '../marts/mart.ts';
import { measureSourceState, sourcesMoved } from '../prove/source-state.ts';
import { StepRefused } from './step-refused.ts';
import type { Work } from './work.ts';

/** Measures every source of a definition on the session's snapshot, over the columns the definition reads. */
export async function measureSources(
  { session, work }: { readonly session: Session; readonly work: Work },
  definition: MartDefinition,
): Promise<readonly SourceState[]> {
  const states: SourceState[] = [];
  for (const relation of definition.sources) {
    const columns = await work.freshness.usedColumns?.(definition, relation);
    states.push(
      await measureSourceState(session, {
        relation,
        columns,
        purpose: 'freshness',
        signal: work.signal,
      }),
    );
  }
  return states;
}

/** The same sources again, each over the columns it was measured over before: what they hold now is told by these alone. */
export async function measureAgain(
  { session, work }: { readonly session: Session; readonly work: Pick<Work, 'signal'> },
  before: readonly SourceState[],
): Promise<readonly SourceState[]> {
  const states: SourceState[] = [];
  for (const { relation, columns } of before) {
    states.push(
      await measureSourceState(session, {
        relation,
        columns,
        purpose: 'freshness',
        signal: work.signal,
      }),
    );
  }
  return states;
}

export interface FreshnessRequest {
  readonly definition: MartDefinition;
  readonly version: MartVersion;
  /** What the plan wants the view to carry. */
  readonly freshUntil: EpochMs;
  /** A moment before the session's snapshot: what is measured on it holds from then on. */
  readonly asOf: EpochMs;
}

/**
 * The last moment at which the version is known to equal its sources, as far as the wanted expiry needs it; rejects an
 * expiry the staleness bound does not allow (law 4), whatever the plan says.
 */
export async function justifyFreshness(
  { session, work }: { readonly session: Session; readonly work: Work },
  { definition, version, freshUntil, asOf }: FreshnessRequest,
): Promise<EpochMs> {
  const { relation, maxStalenessMs: bound } = definition;
  const now = work.clock.now();
  if (freshUntil <= now) {
    throw new StepRefused(
      'EXPIRED_ALREADY',
      `${relation} v${version.version} would have expired before it is published; a staleness bound of ${formatDuration(bound)} leaves no time`,
      { boundMs: bound, lateByMs: now - freshUntil },
    );
  }
  if (freshUntil <= version.verifiedFreshAt + bound) {
    return version.verifiedFreshAt;
  }
  const observedAt = observedEqualAt(work, version);
  if (observedAt !== undefined && freshUntil <= observedAt + bound) {
    return observedAt;
  }
  if (freshUntil > asOf + bound) {
    throw new StepRefused(
      'BEYOND_BOUND',
      `${relation} may be ${formatDuration(bound)} old, the plan would let it be ${formatDuration(freshUntil - asOf)}`,
      { boundMs: bound, wantedMs: freshUntil - asOf },
    );
  }
  const moved = sourcesMoved(
    version.sourceStates,
    await measureAgain({ session, work }, version.sourceStates),
  );
  if (moved !== undefined) {
    throw new StepRefused(
      'SOURCES_MOVED',
      `${relation} v${version.version} is no longer equal to its sources: ${moved}`,
      { verifiedFreshAt: version.verifiedFreshAt, boundMs: bound },
    );
  }
  return asOf;
}

/** The oldest moment of this cycle's measurements, where every source was seen exactly as at the build. */
function observedEqualAt(work: Work, version: MartVersion): EpochMs | undefined {
  const seen = version.sourceStates.map((state) => {
    const observed = work.freshness.observed?.(state);
    return observed !== undefined && sourcesMoved([state], [observed.state]) === undefined
      ? observed.at
      : undefined;
  });
  const moments = seen.filter((at) => at !== undefined);
  return moments.length === seen.length && moments.length > 0 ? Math.min(...moments) : undefined;
}
