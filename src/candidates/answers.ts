import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { type WorkModel, workOf } from '../cost/work-model.ts';
import { noFacts } from '../marts/facts.ts';
import type { DialectName } from '../sql/dialect.ts';
import { type MartView, matchQuery } from '../sql/match/match.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { Answer, Candidate } from './candidate.ts';
import type { TemplateDemand } from './demand.ts';
import type { Reading } from './enumeration.ts';
import { refsOf, someNode } from './expressions.ts';
import { filteredOutputs } from './filtered-outputs.ts';
import { obligationKey } from './join-star.ts';
import { namesTheMart } from './roads.ts';
import { starBlocksOf } from './star-block.ts';

export interface AnswerParts {
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
  readonly model: WorkModel;
  readonly rowsOf: (relation: RelationId) => number;
  /** Estimated, or counted, rows of the candidate. */
  readonly martRows: number;
  /** Matching attempts left in this cycle: a bound on work, not on time, so that every machine stops at the same one. */
  readonly attempts: { left: number };
}

const ENOUGH_OBSERVED_RUNS = 3;
/** Thread time of finding the rewrite: the statement read, matched, written and read back. Measured: 3 to 5 ms on two cores. */
const ROUTE_MS = 3;

/** Which templates a candidate answers, and at what cost; templates whose base cost nobody told are left out. */
export function answersOf(
  candidate: Candidate,
  { readings, parts }: { readonly readings: readonly Reading[]; readonly parts: AnswerParts },
): readonly Answer[] {
  const mayMatch = possibleMatch(candidate);
  const answers: Answer[] = [];
  // One list for all statements: the matcher prepares it once.
  const marts = [viewOf(candidate)];
  const { schema, dialect } = parts;
  const pair = { mart: nameOf(candidate, dialect), world: digestOfSchema(schema) };
  const match = (query: NormalQuery) => {
    const outcome = matchQuery({ query, marts, schema, dialect });
    return outcome.kind === 'rewrite' ? outcome.query : undefined;
  };
  for (const reading of readings) {
    const { demand, query } = reading;
    const { baseCpuMs, template } = demand;
    if (baseCpuMs === undefined) {
      continue;
    }
    if (namesTheMart(demand, candidate)) {
      const martCpuMs = costByName(demand, { candidate, parts });
      answers.push({
        fingerprint: template.fingerprint,
        how: 'stable-name',
        baseCpuMs,
        ...martCpuMs,
        ...filtersOf(query, candidate),
      });
      continue;
    }
    if (!mayMatch(reading) || parts.attempts.left <= 0) {
      continue;
    }
    parts.attempts.left -= 1;
    const rewritten = remembered(query, { ...pair, match });
    if (rewritten !== undefined) {
      const martCpuMs = costByRoute(rewritten, { demand, candidate, parts });
      answers.push({
        fingerprint: template.fingerprint,
        how: 'route',
        baseCpuMs,
        ...martCpuMs,
        ...filtersOf(query, candidate),
      });
    }
  }
  return answers;
}

function filtersOf(query: NormalQuery, candidate: Candidate): Pick<Answer, 'filters'> {
  const filters = filteredOutputs(query, candidate);
  return filters.length === 0 ? {} : { filters };
}

/**
 * A cheap necessary condition, so that the matcher is asked for few pairs only: some block reads relations of the mart
 * alone, and no column it does not hold (a join's columns count as held). Marts that are no stars are always asked.
 */
function possibleMatch({ query, definition }: Candidate): (reading: Reading) => boolean {
  const sources = new Set(definition.sources);
  const [star] = query.body.kind === 'block' ? starBlocksOf(query) : [];
  if (star === undefined) {
    return ({ demand }) =>
      demand.template.shape.relations.some(({ relation }) => sources.has(relation));
  }
  const joined = star.edges.flatMap(({ left, right, pairs }) =>
    pairs.flatMap((pair) => [`${left}.${pair.left}`, `${right}.${pair.right}`]),
  );
  const held = new Set([...star.reads, ...joined]);
  return ({ blocks }) =>
    blocks.some(
      ({ relations, reads }) =>
        relations.every((id) => sources.has(id)) && [...reads].every((column) => held.has(column)),
    );
}

interface Found {
  readonly world: string;
  readonly byMart: Map<string, NormalQuery | undefined>;
}

/**
 * Rewrites found before for the same query over an equal mart and an equal schema, so that the passes of one cycle, and
 * the cycles after it, match each pair once. What was found in another world is let go.
 */
const FOUND = new WeakMap<NormalQuery, Found>();

function remembered(
  query: NormalQuery,
  {
    mart,
    world,
    match,
  }: {
    readonly mart: string;
    readonly world: string;
    readonly match: (query: NormalQuery) => NormalQuery | undefined;
  },
): NormalQuery | undefined {
  const known = FOUND.get(query);
  const found = known?.world === world ? known : { world, byMart: new Map() };
  if (found !== known) {
    FOUND.set(query, found);
  }
  if (!found.byMart.has(mart)) {
    found.byMart.set(mart, match(query));
  }
  return found.byMart.get(mart);
}

/** Everything of a candidate that a match rests on. */
function nameOf({ key, definition, failed }: Candidate, dialect: DialectName): string {
  const { relation, columns, obligations } = definition;
  return digestOf([
    dialect,
    key,
    relation,
    columns.map(({ name, type }) => [name, type]),
    obligations.map(obligationKey),
    failed.map(obligationKey),
  ]);
}

function digestOfSchema(schema: SchemaSnapshot): string {
  const known = DIGESTS.get(schema);
  if (known !== undefined) {
    return known;
  }
  const digest = digestOf(schema);
  DIGESTS.set(schema, digest);
  return digest;
}

const DIGESTS = new WeakMap<SchemaSnapshot, string>();

function viewOf({ definition, query, failed }: Candidate): MartView {
  // A build checks the obligations on its own snapshot, so the mart may be matched as if they held.
  const assumed = definition.obligations.filter((each) => !failed.includes(each));
  return {
    relation: definition.relation,
    query,
    columns: definition.columns,
    facts: {
      ...noFacts,
      source: `obligations of ${definition.relation}`,
      uniqueKeys: assumed.filter((each) => each.kind === 'unique-key'),
      inclusions: assumed.filter((each) => each.kind === 'inclusion'),
      notNull: assumed.filter((each) => each.kind === 'not-null'),
    },
  };
}

interface CostParts {
  readonly candidate: Candidate;
  readonly parts: AnswerParts;
}

type MartCost = Pick<Answer, 'martCpuMs' | 'martCostBasis'>;

/** The mart in place of the view, the statement's other relations as before. */
function costByName(
  { template, served, baseCpuMs = 0 }: TemplateDemand,
  { candidate, parts }: CostParts,
): MartCost {
  const observed = observedCost(served.get(candidate.definition.relation));
  if (observed !== undefined) {
    return observed;
  }
  const { relation, sources, columns } = candidate.definition;
  const others = template.shape.relations.filter(
    (use) => use.via === 'named' && use.relation !== relation && !sources.includes(use.relation),
  );
  const cells =
    parts.martRows * columns.length +
    others.reduce(
      (sum, use) => sum + parts.rowsOf(use.relation) * columnsRead(template, use.relation),
      0,
    );
  return {
    martCpuMs: Math.min(baseCpuMs, workOf(parts.model, cells)),
    martCostBasis: 'modelled',
  };
}

function costByRoute(
  rewritten: NormalQuery,
  { demand, candidate, parts }: CostParts & { readonly demand: TemplateDemand },
): MartCost {
  const { baseCpuMs = 0 } = demand;
  const withRoute = (cpuMs: number) => Math.min(baseCpuMs, cpuMs + ROUTE_MS);
  const observed = observedCost(demand.served.get(candidate.definition.relation));
  if (observed !== undefined) {
    return { ...observed, martCpuMs: withRoute(observed.martCpuMs) };
  }
  let cells = 0;
  someNode(rewritten, (node) => {
    if (node.kind === 'table' && typeof node['occ'] === 'number') {
      const relation = node['relation'] as RelationId;
      const columns = columnsOfOccurrence(rewritten, node['occ']);
      const rows =
        relation === candidate.definition.relation ? parts.martRows : parts.rowsOf(relation);
      cells += rows * Math.max(1, columns);
    }
    return false;
  });
  return { martCpuMs: withRoute(workOf(parts.model, cells)), martCostBasis: 'modelled' };
}

function observedCost(
  observed: { readonly runs: number; readonly cpuMs: number } | undefined,
): MartCost | undefined {
  return observed !== undefined && observed.runs >= ENOUGH_OBSERVED_RUNS
    ? { martCpuMs: observed.cpuMs, martCostBasis: 'observed' }
    : undefined;
}

function columnsOfOccurrence(query: NormalQuery, occ: number): number {
  return new Set(refsOf(query).flatMap((ref) => (ref.occ === occ ? [ref.column] : []))).size;
}

function columnsRead(template: TemplateDemand['template'], relation: RelationId): number {
  const read = template.shape.columns.filter((use) => use.relation === relation);
  return Math.max(1, new Set(read.map(({ column }) => column)).size);
}
