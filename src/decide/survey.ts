import { DAY_MS, dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { type ChosenNames, candidateKey } from '../candidates/author-mart.ts';
import type { Candidate, GrainKey, NotEnumerated } from '../candidates/candidate.ts';
import type { TemplateDemand } from '../candidates/demand.ts';
import { enumerateCandidates } from '../candidates/enumerate.ts';
import type { AdoptableView, Reading } from '../candidates/enumeration.ts';
import { readDefinition } from '../candidates/read-definition.ts';
import { groupedRows } from '../cost/cardinality.ts';
import { type PriceEntry, pricesAt } from '../cost/price-list.ts';
import { fitWorkModel, type WorkModel } from '../cost/work-model.ts';
import { dialectOf } from '../sql/dialects.ts';
import { indexSchema } from '../sql/schema-index.ts';
import type { CycleInput } from './cycle-input.ts';
import { groupValues } from './group-values.ts';
import { viewUsage } from './view-usage.ts';

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
  const price = pricesAt(input.prices, { warehouse: input.pricedAs ?? dialect, at: now });
  const { readings, demandByFingerprint, joinSets, days } = viewUsage(input);

  const counted = new Map(facts.rowCounts.map(({ relation, rows }) => [relation, rows]));
  const listed = new Map(catalog.map(({ id, rows }) => [id, rows ?? 0]));
  const rowsOf = (relation: RelationId) => listed.get(relation) ?? counted.get(relation) ?? 0;
  const groupedRowsOf = groupedRowsWith(input, rowsOf);

  const handedOver = new Map(
    input.adoptable.flatMap(({ view, handedOver: given }) =>
      given?.kind === 'read' && !isOwned(view, input) ? [[view, given.query] as const] : [],
    ),
  );
  const routeClients = new Set(
    [...usage.routeClients, ...policy.routeClients].map((client) => client.toLowerCase()),
  );
  const { candidates, not } = enumerateCandidates({
    readings,
    routeClients,
    joinSets,
    adoptable: adoptableViews(input),
    marts: input.marts,
    definitionOf: (view) =>
      readDefinition(view, { schema: index, dialect, handedOver: handedOver.get(view) }),
    groupedRowsOf,
    maxRowsShare: policy.maxRowsShare,
    world: { schema, facts, checked: input.factsChecked, rowsOf },
    naming: input.naming,
    dialect,
    maxStalenessMs: input.maxStalenessMs,
    words: chosenNames(input),
  });

  const firstEvidence = dayOf(now - policy.evidenceDays * DAY_MS);
  return {
    readings,
    demandByFingerprint,
    candidates: candidates.map((candidate) =>
      withDescribedColumns(withPresentBound(candidate, input), input),
    ),
    not,
    model: fitWorkModel(readings.flatMap((reading) => sampleOf(reading, rowsOf))),
    price,
    rowsOf,
    groupedRowsOf,
    routeClients,
    days,
    evidenceDays: days.filter((day) => day >= firstEvidence),
  };
}

function isOwned(relation: RelationId, { marts }: CycleInput): boolean {
  return marts.some(({ definition }) => definition.relation === relation);
}

function adoptableViews({ adoptable, catalog }: CycleInput): readonly AdoptableView[] {
  return adoptable.map(({ view, maxStalenessMs, handedOver }) => {
    const wanted = handedOver === undefined ? 'view' : 'table';
    const relation = catalog.find(({ id, kind }) => id === view && kind === wanted);
    const given = handedOver?.kind === 'read' ? handedOver.sql : undefined;
    return {
      view,
      maxStalenessMs,
      sql: handedOver === undefined ? relation?.definitionSql : given,
      columns: relation?.columns.map(({ name, type }) => ({ name, type })) ?? [],
      ...(handedOver === undefined ? {} : { handedOver }),
    };
  });
}

/**
 * Rows of a grouping. Columns of one joined relation together have at most as many values as were counted of them
 * together, and as it has rows, since each of its columns follows from its key.
 */
function groupedRowsWith(
  { columnNdvs, groupNdvs }: CycleInput,
  rowsOf: (relation: RelationId) => number,
): Survey['groupedRowsOf'] {
  const distinct = new Map(
    [...Map.groupBy(columnNdvs, (ndv) => ndv.relation)].map(([relation, ndvs]) => [
      relation,
      new Map(ndvs.map((ndv) => [ndv.column, ndv.distinct])),
    ]),
  );
  const together = groupValues(groupNdvs ?? []);
  const valuesOf = ({ relation, column, isWhole }: GrainKey) => {
    const known = distinct.get(relation)?.get(column);
    // A column's NULLs are a group of their own.
    const values = known === undefined ? Math.max(1, rowsOf(relation) * 0.1) : known + 1;
    return isWhole ? values : Math.min(values, MOST_VALUES_OF_EXPRESSION);
  };
  return (anchor, grain) => {
    const rows = rowsOf(anchor);
    const byRelation = new Map<RelationId, number>();
    for (const [relation, keys] of Map.groupBy(grain, (key) => key.relation)) {
      const whole = new Map(
        keys.filter(({ isWhole }) => isWhole).map((key) => [key.column, valuesOf(key)]),
      );
      const values = keys
        .filter(({ isWhole }) => !isWhole)
        .reduce(
          (product, key) => product * valuesOf(key),
          together(relation, {
            columns: [...whole.keys()],
            valuesOf: (column) => whole.get(column) ?? 1,
          }),
        );
      byRelation.set(relation, Math.min(values, Math.max(1, rowsOf(relation))));
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

/** Words people chose; a mart that stands, or that somebody said no to, is not another one under another name. */
function chosenNames({ words, marts, declined }: CycleInput): ChosenNames | undefined {
  return words === undefined
    ? undefined
    : {
        chosen: words,
        settled: new Set([
          ...marts.map(({ definition }) => candidateKey(definition.sql)),
          ...declined.map(({ digest }) => digest),
        ]),
      };
}
