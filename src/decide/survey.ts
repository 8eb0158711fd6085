import { DAY_MS, dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Candidate, GrainKey, NotEnumerated } from '../candidates/candidate.ts';
import { demandOf, type TemplateDemand } from '../candidates/demand.ts';
import { enumerateCandidates } from '../candidates/enumerate.ts';
import type { AdoptableView, Reading } from '../candidates/enumeration.ts';
import { readDefinition } from '../candidates/read-definition.ts';
import { starBlocksOf } from '../candidates/star-block.ts';
import { groupedRows } from '../cost/cardinality.ts';
import { type PriceEntry, pricesAt } from '../cost/price-list.ts';
import { fitWorkModel, type WorkModel } from '../cost/work-model.ts';
import { buildJoinGraph } from '../graph/build.ts';
import { frequentJoinSets } from '../graph/frequent-subgraphs.ts';
import type { BoundQuery } from '../sql/bound.ts';
import { dialectOf } from '../sql/dialects.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { indexSchema } from '../sql/schema-index.ts';
import type { CycleInput } from './cycle-input.ts';
import { historyDays } from './days.ts';

/** Dearest templates weighed in one cycle; the rest is too cheap to pay for a mart. */
const MOST_TEMPLATES = 600;
const LEAST_SHARE = 0.005;
const MOST_JOIN_SETS = 100;
const HALF_LIFE_DAYS = 14;
/** An expression over a column (a month, a bucket) has fewer values than the column. */
const MOST_VALUES_OF_EXPRESSION = 1000;

/** What a cycle sees before it weighs anything. */
export interface Survey {
  readonly readings: readonly Reading[];
  readonly demandByFingerprint: ReadonlyMap<string, TemplateDemand>;
  readonly candidates: readonly Candidate[];
  readonly not: readonly NotEnumerated[];
  readonly model: WorkModel;
  readonly price: PriceEntry;
  readonly rowsOf: (relation: RelationId) => number;
  readonly groupedRowsOf: (anchor: RelationId, grain: readonly GrainKey[]) => number;
  readonly routeClients: ReadonlySet<string>;
  /** Whole days the history covers, in order; the last ones are the evidence window. */
  readonly days: readonly string[];
  readonly evidenceDays: readonly string[];
}

/** Reads demand, fits the cost model, and enumerates the candidates of one cycle. */
export function survey(input: CycleInput): Survey {
  const { usage, schema, catalog, now, dialect, policy, facts } = input;
  const index = indexSchema(schema, dialectOf(dialect));
  const price = pricesAt(input.prices, { warehouse: dialect, at: now });
  const demand = demandOf(usage, {
    baselines: frozenBaselines(input),
    physicalSince: physicalSince(input),
  });
  const readings = demand.filter(isReadable).slice(0, MOST_TEMPLATES).flatMap(readingOf);

  const counted = new Map(facts.rowCounts.map(({ relation, rows }) => [relation, rows]));
  const listed = new Map(catalog.map(({ id, rows }) => [id, rows ?? 0]));
  const rowsOf = (relation: RelationId) => listed.get(relation) ?? counted.get(relation) ?? 0;
  const groupedRowsOf = groupedRowsWith(input, rowsOf);

  const graph = buildJoinGraph(usage, { now, halfLifeDays: HALF_LIFE_DAYS });
  const { candidates, not } = enumerateCandidates({
    readings,
    joinSets: frequentJoinSets(graph, usage, { minShare: LEAST_SHARE, limit: MOST_JOIN_SETS }),
    adoptable: adoptableViews(input),
    marts: input.marts,
    definitionOf: (view) => readDefinition(view, { schema: index, dialect }),
    groupedRowsOf,
    world: { schema, facts, checked: input.factsChecked, rowsOf },
    naming: input.naming,
    dialect,
    maxStalenessMs: input.maxStalenessMs,
  });

  const days = historyDays(usage, now);
  const firstEvidence = dayOf(now - policy.evidenceDays * DAY_MS);
  return {
    readings,
    demandByFingerprint: new Map(demand.map((each) => [each.template.fingerprint, each])),
    candidates: candidates.map((candidate) =>
      withDescribedColumns(withPresentBound(candidate, input), input),
    ),
    not,
    model: fitWorkModel(readings.flatMap((reading) => sampleOf(reading, rowsOf))),
    price,
    rowsOf,
    groupedRowsOf,
    routeClients: new Set(
      [...usage.routeClients, ...policy.routeClients].map((client) => client.toLowerCase()),
    ),
    days,
    evidenceDays: days.filter((day) => day >= firstEvidence),
  };
}

function readingOf(demand: TemplateDemand): readonly Reading[] {
  const { query } = demand.template.shape;
  if (query === undefined) {
    return [];
  }
  const known = READ.get(query);
  if (known !== undefined) {
    return [{ demand, ...known }];
  }
  const normal = normalize(query);
  const read = { query: normal, blocks: starBlocksOf(normal) };
  READ.set(query, read);
  return [{ demand, ...read }];
}

/** Normal forms of queries read before: the passes of one cycle share them. */
const READ = new WeakMap<BoundQuery, Omit<Reading, 'demand'>>();

function isReadable({ template: { shape }, cpuMs }: TemplateDemand): boolean {
  return shape.level === 'full' && shape.query !== undefined && cpuMs > 0;
}

/** Only physical marts have frozen baselines: elsewhere the history itself shows what base costs. */
function frozenBaselines({ accumulators }: CycleInput) {
  return new Map(
    accumulators
      .filter(({ stage }) => stage === 'physical')
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .flatMap(({ baselines }) =>
        baselines.map(({ fingerprint, cpuMs, runs }) => [fingerprint, { cpuMs, runs }] as const),
      ),
  );
}

function physicalSince({ accumulators, marts }: CycleInput): ReadonlyMap<RelationId, string> {
  const since = new Map(
    accumulators.flatMap(({ relation, stage, stageSince }) =>
      stage === 'physical' ? [[relation, dayOf(stageSince)] as const] : [],
    ),
  );
  return new Map(
    marts
      .filter(({ stage }) => stage === 'physical')
      .map(({ definition: { relation }, createdAt }) => [
        relation,
        since.get(relation) ?? dayOf(createdAt),
      ]),
  );
}

function adoptableViews({ adoptable, catalog }: CycleInput): readonly AdoptableView[] {
  return adoptable.map(({ view, maxStalenessMs }) => {
    const relation = catalog.find(({ id, kind }) => id === view && kind === 'view');
    return {
      view,
      maxStalenessMs,
      sql: relation?.definitionSql,
      columns: relation?.columns.map(({ name, type }) => ({ name, type })) ?? [],
    };
  });
}

/**
 * Rows of a grouping. Columns of one joined relation together have at most as many values as it has rows, since
 * each of its columns follows from its key.
 */
function groupedRowsWith(
  { columnNdvs }: CycleInput,
  rowsOf: (relation: RelationId) => number,
): Survey['groupedRowsOf'] {
  const distinct = new Map(
    columnNdvs.map((ndv) => [`${ndv.relation}.${ndv.column}`, ndv.distinct]),
  );
  return (anchor, grain) => {
    const rows = rowsOf(anchor);
    const byRelation = new Map<RelationId, number>();
    for (const { relation, column, isWhole } of grain) {
      const known = distinct.get(`${relation}.${column}`);
      const size = rowsOf(relation);
      // A column's NULLs are a group of their own.
      const values = known === undefined ? Math.max(1, size * 0.1) : known + 1;
      const grouped = isWhole ? values : Math.min(values, MOST_VALUES_OF_EXPRESSION);
      const soFar = byRelation.get(relation) ?? 1;
      byRelation.set(relation, Math.min(soFar * grouped, Math.max(1, size)));
    }
    return groupedRows(
      rows,
      [...byRelation.values()].map((values) => ({ distinct: values })),
    );
  };
}

/** The stricter of the bound a mart was published with (the executor allows no more) and the one configured today. */
function withPresentBound(
  candidate: Candidate,
  { adoptable, maxStalenessMs }: CycleInput,
): Candidate {
  const { definition } = candidate;
  const bound =
    definition.origin === 'candidate'
      ? maxStalenessMs
      : (adoptable.find(({ view }) => view === definition.relation)?.maxStalenessMs ?? 0);
  const stricter = Math.min(bound, definition.maxStalenessMs);
  return { ...candidate, definition: { ...definition, maxStalenessMs: stricter } };
}

function withDescribedColumns(candidate: Candidate, { described }: CycleInput): Candidate {
  const columns = described.find(({ key }) => key === candidate.key)?.columns;
  return columns === undefined || candidate.enumerator === 'published'
    ? candidate
    : { ...candidate, definition: { ...candidate.definition, columns } };
}

function sampleOf({ demand }: Reading, rowsOf: (relation: RelationId) => number) {
  const { baseCpuMs, template } = demand;
  if (baseCpuMs === undefined) {
    return [];
  }
  const columns = new Map<RelationId, Set<string>>();
  for (const { relation, column } of template.shape.columns) {
    columns.set(relation, (columns.get(relation) ?? new Set()).add(column));
  }
  const cells = [...columns].reduce((sum, [id, read]) => sum + rowsOf(id) * read.size, 0);
  return [{ cells, cpuMs: baseCpuMs }];
}
