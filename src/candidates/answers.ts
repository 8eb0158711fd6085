import type { RelationId } from '../base/relation.ts';
import { type WorkModel, workOf } from '../cost/work-model.ts';
import type { Facts } from '../marts/facts.ts';
import type { DialectName } from '../sql/dialect.ts';
import { matchQuery } from '../sql/match/match.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { Answer, Candidate } from './candidate.ts';
import type { TemplateDemand } from './demand.ts';
import type { Reading } from './enumeration.ts';
import { nodesOf, refsOf } from './expressions.ts';
import { namesTheMart } from './roads.ts';

export interface AnswerParts {
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
  readonly facts: Facts;
  readonly model: WorkModel;
  readonly rowsOf: (relation: RelationId) => number;
  /** Estimated, or counted, rows of the candidate. */
  readonly martRows: number;
  /** Matching attempts left in this cycle: a bound on work, not on time, so that every machine stops at the same one. */
  readonly attempts: { left: number };
}

const ENOUGH_OBSERVED_RUNS = 3;

/** Which templates a candidate answers, and at what cost; templates whose base cost nobody told are left out. */
export function answersOf(
  candidate: Candidate,
  { readings, parts }: { readonly readings: readonly Reading[]; readonly parts: AnswerParts },
): readonly Answer[] {
  const sources = new Set(candidate.definition.sources);
  const answers: Answer[] = [];
  for (const { demand, query } of readings) {
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
      });
      continue;
    }
    const mayMatch = template.shape.relations.some(({ relation }) => sources.has(relation));
    if (!mayMatch || parts.attempts.left <= 0) {
      continue;
    }
    parts.attempts.left -= 1;
    const outcome = matchQuery({
      query,
      marts: [viewOf(candidate, parts.facts)],
      schema: parts.schema,
      dialect: parts.dialect,
    });
    if (outcome.kind === 'rewrite') {
      const martCpuMs = costByRoute(outcome.query, { demand, candidate, parts });
      answers.push({ fingerprint: template.fingerprint, how: 'route', baseCpuMs, ...martCpuMs });
    }
  }
  return answers;
}

function viewOf({ definition, query, failed }: Candidate, facts: Facts) {
  // A build checks the obligations on its own snapshot, so the mart may be matched as if they held.
  const assumed = definition.obligations.filter((each) => !failed.includes(each));
  return {
    relation: definition.relation,
    query,
    columns: definition.columns,
    facts: {
      ...facts,
      uniqueKeys: [...facts.uniqueKeys, ...assumed.filter((each) => each.kind === 'unique-key')],
      inclusions: [...facts.inclusions, ...assumed.filter((each) => each.kind === 'inclusion')],
      notNull: [...facts.notNull, ...assumed.filter((each) => each.kind === 'not-null')],
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
  const observed = observedCost(demand.served.get(candidate.definition.relation));
  if (observed !== undefined) {
    return observed;
  }
  let cells = 0;
  for (const node of nodesOf(rewritten)) {
    if (node.kind === 'table' && typeof node['occ'] === 'number') {
      const relation = node['relation'] as RelationId;
      const columns = columnsOfOccurrence(rewritten, node['occ']);
      const rows =
        relation === candidate.definition.relation ? parts.martRows : parts.rowsOf(relation);
      cells += rows * Math.max(1, columns);
    }
  }
  const { baseCpuMs = 0 } = demand;
  return {
    martCpuMs: Math.min(baseCpuMs, workOf(parts.model, cells)),
    martCostBasis: 'modelled',
  };
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
