import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import { compareResults } from './compare-results.ts';
import { median } from './median.ts';
import { type PairedRuns, pairedRuns } from './paired-runs.ts';

/** Whether a text may run again: one side-effect-free SELECT of known functions (law 15). */
export type IsSafeToReplay = (
  sql: string,
) => { readonly safe: true } | { readonly safe: false; readonly because: string };

/** Both texts of a statement: as it ran, and as it reads the hidden version; `undefined` where no road leads there. */
export type RewriteForReplay = (
  fingerprint: string,
  text: string,
) => Promise<
  { readonly base: string; readonly served: string; readonly approximate?: boolean } | undefined
>;

/** Texts by statement id, fetched again from the history: they hold literals and are never kept. */
export type FetchTexts = (
  ids: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<ReadonlyMap<string, string>>;

export interface ReplayParts {
  readonly connector: Connector;
  readonly fetchTexts: FetchTexts;
  readonly rewriteForReplay: RewriteForReplay;
  readonly isSafeToReplay: IsSafeToReplay;
  readonly limits: ReplayLimits;
  /** Called first on every snapshot a statement is replayed on; rejects where the comparison would mean nothing. */
  readonly checkSnapshot: (session: Session) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface ReplayLimits {
  /** Each run is cancelled in the warehouse after this long. */
  readonly statementMs: number;
  readonly statements: number;
  /** No further statement is begun once this much was spent. */
  readonly totalCpuMs: number;
}

export interface ReplayRequest {
  readonly statements: readonly {
    readonly fingerprint: string;
    readonly sampleIds: readonly string[];
  }[];
}

export type ReplayedStatement = {
  readonly fingerprint: string;
  readonly sampleId: string;
} & (
  | { readonly kind: 'equal'; readonly runs: PairedRuns }
  | { readonly kind: 'different'; readonly because: string }
  /** Neither a proof nor a refutation: unsafe, gone, failing on base, or not deterministic by itself. */
  | { readonly kind: 'skipped'; readonly because: string }
);

export interface Replayed {
  readonly statements: readonly ReplayedStatement[];
  readonly equal: number;
  readonly different: number;
  /** Medians over the statements that agreed. */
  readonly baseCpuMs: number;
  readonly servedCpuMs: number;
  /** Share of base cpu saved; 0 where nothing agreed or base costs nothing. */
  readonly gain: number;
}

/** Runs recent statements on both sides, each in a read-only transaction of its own, until limits are reached. */
export async function replayStatements(
  { statements }: ReplayRequest,
  parts: ReplayParts,
): Promise<Replayed> {
  const samples = interleave(statements).slice(0, parts.limits.statements);
  const texts = await parts.fetchTexts(
    samples.map(({ sampleId }) => sampleId),
    { signal: parts.signal },
  );
  const done: ReplayedStatement[] = [];
  let spentCpuMs = 0;
  for (const sample of samples) {
    parts.signal?.throwIfAborted();
    if (spentCpuMs >= parts.limits.totalCpuMs) {
      done.push({ ...sample, kind: 'skipped', because: 'the replay budget is spent' });
      continue;
    }
    const replayed = await replayOne({ ...sample, text: texts.get(sample.sampleId) }, parts);
    spentCpuMs += replayed.kind === 'equal' ? replayed.runs.spentCpuMs : 0;
    done.push(replayed);
  }
  return summarize(done);
}

interface Sample {
  readonly fingerprint: string;
  readonly sampleId: string;
}

/** One sample of each template first, then the second of each: limits cut repeats, not templates. */
function interleave(statements: ReplayRequest['statements']): readonly Sample[] {
  const rounds = Math.max(0, ...statements.map(({ sampleIds }) => sampleIds.length));
  return Array.from({ length: rounds }, (_, round) =>
    statements.flatMap(({ fingerprint, sampleIds }) => {
      const sampleId = sampleIds[round];
      return sampleId === undefined ? [] : [{ fingerprint, sampleId }];
    }),
  ).flat();
}

async function replayOne(
  { text, ...sample }: Sample & { readonly text: string | undefined },
  parts: ReplayParts,
): Promise<ReplayedStatement> {
  const skip = (because: string) => ({ ...sample, kind: 'skipped', because }) as const;
  if (text === undefined) {
    return skip('the history no longer holds its text');
  }
  const asRun = parts.isSafeToReplay(text);
  if (!asRun.safe) {
    return skip(asRun.because);
  }
  const versions = await parts.rewriteForReplay(sample.fingerprint, text);
  if (versions === undefined) {
    return skip('it has no rewriting onto this mart');
  }
  for (const version of [versions.base, versions.served]) {
    const verdict = parts.isSafeToReplay(version);
    if (!verdict.safe) {
      return skip(verdict.because);
    }
  }
  return await runBothSides(sample, { ...parts, ...versions });
}

async function runBothSides(
  sample: Sample,
  parts: ReplayParts & { base: string; served: string; approximate?: boolean },
): Promise<ReplayedStatement> {
  const { base, served, approximate, signal } = parts;
  const options = { purpose: 'replay', timeoutMs: parts.limits.statementMs, signal } as const;
  let baseRuns = false;
  try {
    return await parts.connector.transaction(
      async (session): Promise<ReplayedStatement> => {
        await parts.checkSnapshot(session);
        await session.execute(base, options);
        baseRuns = true;
        const runs = await pairedRuns(session, { base, served, approximate, ...options });
        if (runs.comparison.kind === 'equal') {
          return { ...sample, kind: 'equal', runs };
        }
        const again = await compareResults(session, { left: base, right: base, ...options });
        return again.kind === 'equal'
          ? { ...sample, kind: 'different', because: runs.comparison.because }
          : { ...sample, kind: 'skipped', because: 'it answers differently each time on base too' };
      },
      { readOnly: true, purpose: 'replay', signal },
    );
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof GoldsmithError) || !cause.code.startsWith('CONNECTOR_')) {
      throw cause;
    }
    return baseRuns && FAULTS_OF_THE_TEXT.has(cause.code)
      ? {
          ...sample,
          kind: 'different',
          because: `base answers, the mart does not: ${cause.message}`,
        }
      : { ...sample, kind: 'skipped', because: `it did not run to its end: ${cause.message}` };
  }
}

/** The served text itself is wrong; other faults (time, memory) say nothing about its answer. */
const FAULTS_OF_THE_TEXT: ReadonlySet<string> = new Set([
  'CONNECTOR_BAD_SQL',
  'CONNECTOR_RELATION_MISSING',
]);

function summarize(statements: readonly ReplayedStatement[]): Replayed {
  const equal = statements.flatMap((one) => (one.kind === 'equal' ? [one.runs] : []));
  const baseCpuMs = median(equal.map((runs) => runs.baseCpuMs));
  const servedCpuMs = median(equal.map((runs) => runs.servedCpuMs));
  return {
    statements,
    equal: equal.length,
    different: statements.filter(({ kind }) => kind === 'different').length,
    baseCpuMs,
    servedCpuMs,
    gain: baseCpuMs > 0 ? 1 - servedCpuMs / baseCpuMs : 0,
  };
}
