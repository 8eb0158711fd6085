import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import { compareResults } from './compare-results.ts';
import { median } from './median.ts';
import { oneStatement } from './one-statement.ts';
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
  /** What serves is kept by the warehouse itself, and must not answer the other side, too. */
  readonly keptOnServed?: boolean | undefined;
  /** Called where answers differ, on the snapshot they differ on; rejects where that would mean nothing. */
  readonly checkSnapshot: (session: Session) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

interface ReplayLimits {
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
  /** Without it, answers are compared and no run is timed: a refresh needs no gain. */
  readonly timed: boolean;
}

type ReplayedStatement = {
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

/**
 * Runs recent statements on both sides over one read-only snapshot, until limits are reached. A statement that fails ends
 * the transaction it failed in; the next begins another. Equal answers are equal whatever the sources hold by then; only a difference
 * asks whether they are still what the build read.
 */
export async function replayStatements(
  { statements, timed }: ReplayRequest,
  parts: ReplayParts,
): Promise<Replayed> {
  const { connector, limits, signal } = parts;
  const samples = interleave(statements).slice(0, limits.statements);
  const texts = await parts.fetchTexts(
    samples.map(({ sampleId }) => sampleId),
    { signal },
  );
  const done: ReplayedStatement[] = [];
  const waiting: Runnable[] = [];
  for (const sample of samples) {
    const readied = await ready({ ...sample, text: texts.get(sample.sampleId) }, parts);
    if ('kind' in readied) {
      done.push(readied);
    } else {
      waiting.push(readied);
    }
  }
  let spentCpuMs = 0;
  while (waiting.length > 0) {
    try {
      await connector.transaction(
        async (session) => {
          for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
            signal?.throwIfAborted();
            const replayed =
              spentCpuMs < limits.totalCpuMs
                ? await runBothSides(next, { session, parts, timed })
                : skip(next, 'the replay budget is spent');
            spentCpuMs += replayed.kind === 'equal' ? replayed.runs.spentCpuMs : 0;
            done.push(replayed);
            waiting.shift();
          }
        },
        { readOnly: true, purpose: 'replay', signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      const failed = waiting.shift();
      if (failed === undefined || !isConnectorFault(error)) {
        throw error;
      }
      done.push(await explainFailure(failed, { error, parts }));
    }
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

interface Runnable extends Sample {
  readonly base: string;
  readonly served: string;
  readonly approximate?: boolean;
}

function skip({ fingerprint, sampleId }: Sample, because: string): ReplayedStatement {
  return { fingerprint, sampleId, kind: 'skipped', because };
}

async function ready(
  { text, ...sample }: Sample & { readonly text: string | undefined },
  parts: ReplayParts,
): Promise<Runnable | ReplayedStatement> {
  if (text === undefined) {
    return skip(sample, 'the history no longer holds its text');
  }
  const asRun = parts.isSafeToReplay(text);
  if (!asRun.safe) {
    return skip(sample, asRun.because);
  }
  const versions = await parts.rewriteForReplay(sample.fingerprint, text);
  if (versions === undefined) {
    return skip(sample, 'it has no rewriting onto this mart');
  }
  for (const version of [versions.base, versions.served]) {
    const verdict = parts.isSafeToReplay(version);
    if (!verdict.safe) {
      return skip(sample, verdict.because);
    }
  }
  const { dialect } = parts.connector;
  const base = oneStatement(versions.base, dialect);
  const served = oneStatement(versions.served, dialect);
  return base === undefined || served === undefined
    ? skip(sample, 'it is not exactly one statement')
    : { ...sample, ...versions, base, served };
}

async function runBothSides(
  { base, served, approximate, ...sample }: Runnable,
  {
    session,
    parts,
    timed,
  }: { readonly session: Session; readonly parts: ReplayParts; readonly timed: boolean },
): Promise<ReplayedStatement> {
  const options = runOptions(parts);
  const { keptOnServed } = parts;
  const runs = await pairedRuns(session, {
    base,
    served,
    approximate,
    timed,
    keptOnServed,
    ...options,
  });
  if (runs.comparison.kind === 'equal') {
    return { ...sample, kind: 'equal', runs };
  }
  if (runs.comparison.onlyLastDigits) {
    return skip(sample, runs.comparison.because);
  }
  const again = await compareResults(session, { left: base, right: base, ...options });
  if (again.kind !== 'equal') {
    return skip(sample, 'it answers differently each time on base too');
  }
  await parts.checkSnapshot(session);
  return { ...sample, kind: 'different', because: runs.comparison.because };
}

/** A statement that fails on base says nothing; one that fails on the mart alone is as wrong as a different answer. */
async function explainFailure(
  sample: Runnable,
  { error, parts }: { readonly error: GoldsmithError; readonly parts: ReplayParts },
): Promise<ReplayedStatement> {
  const didNotEnd = skip(sample, `it did not run to its end: ${error.message}`);
  if (!FAULTS_OF_THE_TEXT.has(error.code)) {
    return didNotEnd;
  }
  try {
    await parts.connector.transaction(
      (session) => session.execute(sample.base, runOptions(parts)),
      { readOnly: true, purpose: 'replay', signal: parts.signal },
    );
  } catch (baseError) {
    if (!isConnectorFault(baseError)) {
      throw baseError;
    }
    return didNotEnd;
  }
  const { fingerprint, sampleId } = sample;
  const because = `base answers, the mart does not: ${error.message}`;
  return { fingerprint, sampleId, kind: 'different', because };
}

function runOptions({ limits, signal }: ReplayParts) {
  return { purpose: 'replay', timeoutMs: limits.statementMs, signal } as const;
}

function isConnectorFault(error: unknown): error is GoldsmithError {
  return error instanceof GoldsmithError && error.code.startsWith('CONNECTOR_');
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
