import type { RelationId } from '../base/relation.ts';
import { type WorkModel, workOf } from '../cost/work-model.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { Answer, Candidate } from './candidate.ts';
import type { TemplateDemand } from './demand.ts';
import type { Reading } from './enumeration.ts';
import { filteredOutputs } from './filtered-outputs.ts';
import { type MartScans, martScansWith } from './mart-scans.ts';
import { possibleMatch } from './possible-match.ts';
import { namesTheMart } from './roads.ts';

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
  const scansOf = martScansWith(candidate, parts);
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
    const scans = scansOf(query);
    if (scans !== undefined) {
      const martCpuMs = costByRoute(scans, { demand, candidate, parts });
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
  scans: MartScans,
  { demand, candidate, parts }: CostParts & { readonly demand: TemplateDemand },
): MartCost {
  const { baseCpuMs = 0 } = demand;
  const withRoute = (cpuMs: number) => Math.min(baseCpuMs, cpuMs + ROUTE_MS);
  const observed = observedCost(demand.served.get(candidate.definition.relation));
  if (observed !== undefined) {
    return { ...observed, martCpuMs: withRoute(observed.martCpuMs) };
  }
  const cells = scans.reduce((sum, columns) => sum + parts.martRows * Math.max(1, columns), 0);
  return { martCpuMs: withRoute(workOf(parts.model, cells)), martCostBasis: 'modelled' };
}

function observedCost(
  observed: { readonly runs: number; readonly cpuMs: number } | undefined,
): MartCost | undefined {
  return observed !== undefined && observed.runs >= ENOUGH_OBSERVED_RUNS
    ? { martCpuMs: observed.cpuMs, martCostBasis: 'observed' }
    : undefined;
}

function columnsRead(template: TemplateDemand['template'], relation: RelationId): number {
  const read = template.shape.columns.filter((use) => use.relation === relation);
  return Math.max(1, new Set(read.map(({ column }) => column)).size);
}
