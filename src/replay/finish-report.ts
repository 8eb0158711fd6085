import { DAY_MS, dayNumber } from '../base/clock.ts';
import { counted } from '../base/counted.ts';
import type { RelationId } from '../base/relation.ts';
import { addUsd, nanoUsd } from '../base/usd.ts';
import { obligationKey } from '../candidates/join-star.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import type { CandidateVerdict } from '../decide/decisions.ts';
import { weighInput } from '../decide/weigh-input.ts';
import { buildJoinGraph } from '../graph/build.ts';
import { joinsByFrequency, relationsByFrequency } from '../graph/join-graph.ts';
import { attributesOf } from '../prune/attributes-of.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import { coverageOf } from '../usage/coverage.ts';
import type { IngestOutcome } from '../usage/ingest-outcome.ts';
import type { UsageFact } from '../usage/template.ts';
import type { ColumnRead, UsageRows } from '../usage/usage-ports.ts';
import { assume } from './assume-facts.ts';
import type {
  JoinPicture,
  RefusedCandidate,
  ReplayReport,
  TopTemplate,
  UnreadColumns,
} from './replay-report.ts';
import type { ReplaySettings } from './replay-settings.ts';
import type { ScannedHistory } from './scan-history.ts';
import type { Morning } from './walk-days.ts';

/** What was read of the whole history. */
export interface Seen {
  readonly name: string;
  readonly fromDay: string;
  readonly untilDay: string;
  readonly scanned: ScannedHistory;
  readonly ingest: IngestOutcome;
  readonly rows: UsageRows;
  readonly schema: SchemaSnapshot;
  readonly inferred: readonly RelationId[];
  readonly gold: ReadonlySet<RelationId>;
  readonly reads: readonly ColumnRead[];
}

export interface FinishParts extends Seen, Pick<ReplayReport, 'days' | 'events' | 'marts'> {
  readonly settings: ReplaySettings;
  /** The morning after the last day. */
  readonly latest: Morning | undefined;
}

const MOST_TEMPLATES = 20;
const MOST_RELATIONS = 24;
const MOST_JOINS = 40;
const NEEDS_PROOF = 'joins-lose-nothing';

/** Puts the report together once the last morning is over. */
export function finishReport(parts: FinishParts): ReplayReport {
  const { days, events, marts, scanned, ingest, rows, latest, settings } = parts;
  const verdicts = latest?.decision.verdicts ?? [];
  const refused = refusedOf(verdicts, parts);
  const needsProof = refused.filter(
    ({ needs, numbers }) => needs.length > 0 && numbers.runs + numbers.unreachableRuns > 0,
  );
  const saved = addUsd(...days.map((day) => day.saved));
  const upkeep = addUsd(...days.map((day) => day.upkeep));
  const builds = addUsd(...days.map((day) => day.builds));
  const count = (kind: string) => events.filter((event) => event.kind === kind).length;
  return {
    history: {
      name: parts.name,
      dialect: settings.dialect,
      fromDay: parts.fromDay,
      untilDay: parts.untilDay,
      statements: scanned.rows,
      counted: ingest.counted,
      skipped: ingest.skipped,
      badRows: scanned.badRows,
      lastBadRows: scanned.lastBadRows,
      templates: rows.templates.length,
    },
    assumptions: assumptionsOf(parts),
    coverage: coverageOf(rows),
    days,
    events,
    marts: marts.toSorted((a, b) => Number(b.saved - a.saved)),
    refused: refused.filter((each) => each.rule !== NEEDS_PROOF || !needsProof.includes(each)),
    needsProof,
    refusedByRule: byRule(refused),
    notEnumerated: latest?.decision.notEnumerated ?? [],
    unreachable: latest?.decision.unreachable ?? [],
    templates: topTemplates(rows, settings),
    graph: pictureOf(parts),
    unread: unreadOf(parts),
    totals: {
      asItRan: addUsd(...days.map((day) => day.asItRan)),
      saved,
      upkeep,
      builds,
      net: nanoUsd(saved - upkeep - builds),
      built: count('build'),
      demoted: count('demote'),
      pruned: count('prune'),
    },
  };
}

function assumptionsOf({
  settings,
  scanned,
  inferred,
  latest,
  schema,
}: FinishParts): readonly string[] {
  const { told, rows } = scanned;
  const assumed = [...(latest?.assumptions.values() ?? [])];
  const keys = assumed.filter(
    ({ obligation, as }) => obligation.kind === 'unique-key' && as === 'holds',
  );
  const orphans = assumed.filter(
    ({ obligation, as }) => obligation.kind === 'inclusion' && as === 'fails',
  );
  const sizedBy =
    told.rowsScanned > 0
      ? 'the rows statements scanned'
      : told.bytesScanned > 0
        ? 'the bytes statements scanned, eight to a value'
        : 'the time statements took, at 10 ns a value';
  return [
    ...settings.assumptions,
    ...(told.cpuMs < rows
      ? [
          `${rows - told.cpuMs} of ${counted(rows, 'statement')} tell no cpu time: their duration is taken for it, as if one core had worked`,
        ]
      : []),
    ...(told.free > 0
      ? [
          `${counted(told.free, 'statement')} read data and cost nothing by this bill (another contract pays them, such as reserved slots): nothing is saved on them`,
        ]
      : []),
    `sizes of relations are estimated from ${sizedBy}: there is no catalog`,
    ...(inferred.length > 0
      ? [
          `${inferred.length} of ${counted(schema.relations.length, 'relation')} ${inferred.length === 1 ? 'is' : 'are'} known from statements alone, with the columns those name; a DDL file tells keys and the rest (--ddl)`,
        ]
      : []),
    ...(keys.length > 0
      ? [
          `${counted(keys.length, 'key')} ${keys.length === 1 ? 'is' : 'are'} taken for true because ${settings.assumeKeys ? '--assume-keys says so' : 'the DDL declares them'}; the daemon would verify each before anything rests on it`,
        ]
      : []),
    ...(orphans.length > 0
      ? [
          `${counted(orphans.length, 'reference')} nobody declared ${orphans.length === 1 ? 'is' : 'are'} taken to have orphans, so those marts would join outer and keep all rows`,
        ]
      : []),
    'sources change on the days the history shows a write to them, else every day; each change is a refresh that is paid for',
    'what a mart saves on a day is what its statements really cost that day, less what they are predicted to cost on it',
    'a build counts from the morning it is decided, and every proof is taken to pass; the daemon would build hidden and compare first',
  ];
}

function refusedOf(
  verdicts: readonly CandidateVerdict[],
  { latest, schema, settings: { assumeKeys } }: FinishParts,
): readonly RefusedCandidate[] {
  const needed = new Map(
    (latest === undefined ? [] : weighInput(latest.input).weighing.weighed).map(
      ({ appraisal: { candidate } }) => [
        candidate.key,
        candidate.unverified
          .filter((each) => assume(each, { schema, assumeKeys }) === 'unknown')
          .map(obligationKey),
      ],
    ),
  );
  return verdicts
    .flatMap((verdict) =>
      verdict.outcome === 'refuse' || verdict.outcome === 'wait'
        ? [{ ...verdict, rule: verdict.rule ?? 'waits' }]
        : [],
    )
    .toSorted((a, b) => weightOf(b) - weightOf(a) || (a.key < b.key ? -1 : 1))
    .map(({ key, relation, sql, because, flip, numbers, evidence, enumerator, rule }) => ({
      relation,
      sql,
      because,
      ...(flip === undefined ? {} : { flip }),
      // What was simulated is never called measured.
      numbers: { ...numbers, basis: 'modelled' },
      evidence,
      enumerator,
      rule,
      needs: needed.get(key) ?? [],
    }));
}

/** Thread time of the statements it would answer. */
function weightOf({ numbers }: CandidateVerdict): number {
  return numbers.runs * Math.max(numbers.basePerRunMs, 1) + numbers.unreachableRuns;
}

function byRule(refused: readonly RefusedCandidate[]): ReplayReport['refusedByRule'] {
  const counts = new Map<string, number>();
  for (const { rule } of refused) {
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return [...counts]
    .map(([rule, candidates]) => ({ rule, candidates }))
    .toSorted((a, b) => b.candidates - a.candidates || (a.rule < b.rule ? -1 : 1));
}

function topTemplates(
  { templates, facts }: UsageRows,
  { price }: ReplaySettings,
): readonly TopTemplate[] {
  const byFingerprint = new Map<string, UsageFact[]>();
  for (const fact of facts) {
    const own = byFingerprint.get(fact.fingerprint) ?? [];
    byFingerprint.set(fact.fingerprint, own);
    own.push(fact);
  }
  const all = facts.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return templates
    .map((template) => {
      const own = byFingerprint.get(template.fingerprint) ?? [];
      const cpuMs = own.reduce((sum, fact) => sum + fact.cpuMs, 0);
      return {
        fingerprint: template.fingerprint,
        normalForm: template.normalForm,
        runs: own.reduce((sum, { runs, cachedRuns }) => sum + runs + cachedRuns, 0),
        readers: new Set(own.map(({ reader }) => `${reader.kind}/${reader.name}`)).size,
        cost: priceCpuMs(cpuMs, price),
        share: all === 0 ? 0 : cpuMs / all,
        level: template.shape.level,
        notUnderstood: template.shape.notUnderstood,
      };
    })
    .toSorted(
      (a, b) => b.share - a.share || b.runs - a.runs || (a.fingerprint < b.fingerprint ? -1 : 1),
    )
    .slice(0, MOST_TEMPLATES);
}

function pictureOf({ rows, scanned, latest }: FinishParts): JoinPicture {
  const graph = buildJoinGraph(
    {
      from: scanned.firstAt,
      until: scanned.lastAt,
      templates: rows.templates,
      facts: rows.facts,
      coverage: coverageOf(rows),
      routeClients: [],
    },
    { now: latest?.now ?? (dayNumber(scanned.lastAt) + 1) * DAY_MS, halfLifeDays: Infinity },
  );
  const relations = relationsByFrequency(graph);
  const joins = joinsByFrequency(graph);
  const shown = relations.slice(0, MOST_RELATIONS);
  const ids = new Set(shown.map(({ relation }) => relation));
  const shownJoins = joins
    .filter(({ edge }) => ids.has(edge.left) && ids.has(edge.right))
    .slice(0, MOST_JOINS);
  return {
    relations: shown.map(({ relation, use }) => ({ id: relation, runs: use.runs })),
    joins: shownJoins.map(({ edge, use }) => ({
      left: edge.left,
      right: edge.right,
      on: edge.pairs.map(({ left, right }) => `${left} = ${right}`).join(' and '),
      runs: use.runs,
    })),
    relationsLeftOut: relations.length - shown.length,
    joinsLeftOut: joins.length - shownJoins.length,
  };
}

function unreadOf({ schema, gold, reads, inferred }: FinishParts): readonly UnreadColumns[] {
  const isInferred = new Set(inferred);
  const watched = schema.relations.filter(({ id }) => gold.has(id) && !isInferred.has(id));
  const uses = attributesOf(
    new Map(watched.map(({ id, columns }) => [id, columns.map(({ name }) => name)])),
    reads,
  );
  return [...uses]
    .map(([relation, { attributes, readDays }]) => ({
      relation,
      columns: attributes.length,
      unread: attributes.filter(({ namedDays }) => namedDays.length === 0).map(({ name }) => name),
      readDays: readDays.length,
    }))
    .filter(({ unread }) => unread.length > 0)
    .toSorted((a, b) => b.unread.length - a.unread.length);
}
