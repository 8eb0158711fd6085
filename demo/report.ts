import { shortName } from '../src/daemon/cycle-report.ts';
import type { ReceiptView } from '../src/http/service.ts';
import type { Demoted } from './demoted.ts';
import type { DriftStory } from './drift.ts';
import { median } from './median.ts';
import type { Reached } from './reached.ts';
import type { Story } from './story.ts';
import type { WideStory } from './wide-life.ts';

/** `demo/report.json`: what happened, for programs. Times in milliseconds, money in dollars, the time line in seconds. */
export interface DemoReport {
  readonly warehouse: string;
  readonly marts: readonly {
    readonly relation: string;
    readonly physical: boolean;
    readonly roads: readonly string[];
    /** Index of the virtual day before which it was built; absent while it is a view. */
    readonly builtOnDay?: number;
  }[];
  readonly statements: readonly StatementReport[];
  readonly reachedRuns: number;
  readonly eligibleRuns: number;
  /** Over reached executions, each followed by the same statement on base and again on the mart. */
  readonly reportSpeedupMedian: number;
  /** Answers that were not those of base; the wide table's are compared with its definition. */
  readonly mismatches: number;
  /** The table of two hundred attributes; absent where the story ended before it was pruned. */
  readonly prune?: PruneReport;
  /** Marts that were tables for a while and are views again. */
  readonly demoted: readonly (Omit<Demoted, 'relation'> & { readonly relation: string })[];
  /** What became of a renamed source column under two dashboards. */
  readonly drift?: DriftStory;
  readonly coverage: { readonly byStatements: number; readonly byCost: number };
  readonly receipts: readonly ReceiptView[];
  readonly planDigests: readonly string[];
  readonly wallSeconds: number;
  readonly peakRssBytes: number;
}

interface StatementReport {
  readonly fingerprint: string;
  readonly runs: number;
  readonly reached: number;
  readonly baseSql: string;
  readonly servedSql: string;
  readonly baseMedianMs: number;
  readonly servedMedianMs: number;
}

export function makeReport({
  warehouse,
  reached,
  eligibleRuns,
  builtOnDay,
  wide,
  demoted,
  drift,
  last,
  receipts,
  planDigests,
  wallSeconds,
}: Story): DemoReport {
  const { coverage, facts } = last.input.usage;
  const prune = pruneReport(wide);
  return {
    warehouse,
    marts: last.marts.map(({ definition, stage }) => {
      const day = builtOnDay.get(definition.relation);
      return {
        relation: shortName(definition.relation),
        physical: stage === 'physical',
        roads: [
          ...new Set(
            reached.filter(({ mart }) => mart === definition.relation).map(({ road }) => road),
          ),
        ],
        ...(day === undefined ? {} : { builtOnDay: day }),
      };
    }),
    statements: [...Map.groupBy(reached, ({ fingerprint }) => fingerprint)].map(
      ([fingerprint, runs]) =>
        statementReport(
          fingerprint,
          runs,
          facts
            .filter((fact) => fact.fingerprint === fingerprint)
            .reduce((sum, fact) => sum + fact.runs, 0),
        ),
    ),
    reachedRuns: reached.length,
    eligibleRuns,
    reportSpeedupMedian: median(reached.map(({ baseMs, servedMs }) => baseMs / servedMs)),
    mismatches: reached.filter(({ isEqual }) => !isEqual).length + wide.mismatches,
    ...(prune === undefined ? {} : { prune }),
    demoted: demoted.map((each) => ({ ...each, relation: shortName(each.relation) })),
    ...(drift === undefined ? {} : { drift }),
    coverage: { byStatements: coverage.resolvedShare, byCost: coverage.resolvedCostShare },
    receipts,
    planDigests,
    wallSeconds,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

export interface PruneReport {
  readonly relation: string;
  readonly attributesBefore: number;
  /** Stored a column of their own at the end. */
  readonly attributesAfter: number;
  /** Why each of those stays. */
  readonly keptBy: Readonly<Record<string, string>>;
  /** Medians of thread time of a refresh over the pairs, in milliseconds. */
  readonly refreshCpuMsBefore: number;
  readonly refreshCpuMsAfter: number;
  readonly refreshComputeCut: number;
  readonly pairs: number;
  readonly adoptedOnDay: number;
  readonly prunedOnDay: number;
  readonly quarterlyReport?: WideStory['quarterlyReport'];
  readonly hiddenRead?: WideStory['hiddenRead'];
}

function pruneReport(wide: WideStory): PruneReport | undefined {
  const { relation, adoptedOnDay, cut, keptBy, attributes } = wide;
  if (relation === undefined || adoptedOnDay === undefined || cut === undefined) {
    return undefined;
  }
  return {
    relation: shortName(relation),
    attributesBefore: attributes,
    attributesAfter: Object.keys(keptBy).length,
    keptBy,
    refreshCpuMsBefore: cut.beforeCpuMs,
    refreshCpuMsAfter: cut.afterCpuMs,
    refreshComputeCut: cut.cut,
    pairs: cut.pairs,
    adoptedOnDay,
    prunedOnDay: cut.onDay,
    ...(wide.quarterlyReport === undefined ? {} : { quarterlyReport: wide.quarterlyReport }),
    ...(wide.hiddenRead === undefined ? {} : { hiddenRead: wide.hiddenRead }),
  };
}

function statementReport(
  fingerprint: string,
  runs: readonly Reached[],
  allRuns: number,
): StatementReport {
  const newest = runs.at(-1);
  return {
    fingerprint,
    runs: Math.max(allRuns, runs.length),
    reached: runs.length,
    baseSql: newest?.baseSql ?? '',
    servedSql: newest?.servedSql ?? '',
    baseMedianMs: median(runs.map(({ baseMs }) => baseMs)),
    servedMedianMs: median(runs.map(({ servedMs }) => servedMs)),
  };
}
