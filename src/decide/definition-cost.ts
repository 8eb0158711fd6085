import type { RelationId } from '../base/relation.ts';
import type { Answer, Candidate } from '../candidates/candidate.ts';
import { hasLiteral } from '../candidates/expressions.ts';
import { definitionWork } from '../cost/definition-work.ts';
import { workOf } from '../cost/work-model.ts';
import type { Survey } from './survey.ts';

/**
 * Thread time of computing a definition once, in milliseconds: as statements show that read as much; else what its rows, joins and keys
 * take, and no less than the statements it answers, nor, where none was measured, than a scan of its sources.
 */
export function definitionCpuMsOf(
  candidate: Candidate,
  {
    answers,
    perRun,
    seen,
  }: {
    readonly answers: readonly Answer[];
    readonly perRun: number | undefined;
    readonly seen: Survey;
  },
): number {
  const { sources } = candidate.definition;
  const scanned = () =>
    workOf(
      seen.model,
      sources.reduce((sum, id) => sum + seen.rowsOf(id) * columnsOf(candidate, sources.length), 0),
    );
  return (
    shownByStatements(answers, { sources, seen }) ??
    Math.max(perRun ?? scanned(), unfiltered(candidate, seen))
  );
}

/** Of the statements a candidate answers; absent where nobody asked one. */
export function meanPerRun(
  asked: readonly { readonly baseCpuMs: number; readonly runs: number }[],
): number | undefined {
  const runs = asked.reduce((sum, each) => sum + each.runs, 0);
  const cpuMs = asked.reduce((sum, each) => sum + each.runs * each.baseCpuMs, 0);
  return runs === 0 ? undefined : cpuMs / runs;
}

/** What statements took that read all rows of its sources: as much as its definition does, but for a finer grouping. */
function shownByStatements(
  answers: readonly Answer[],
  { sources, seen }: { readonly sources: readonly RelationId[]; readonly seen: Survey },
): number | undefined {
  const baseCpuMs = new Map(answers.map((answer) => [answer.fingerprint, answer.baseCpuMs]));
  const shown = seen.readings.flatMap(({ blocks, demand }) => {
    const [block, ...more] = blocks;
    const isWhole =
      block !== undefined &&
      more.length === 0 &&
      block.filters.length === 0 &&
      block.relations.length === sources.length &&
      block.relations.every((relation) => sources.includes(relation));
    return isWhole ? (baseCpuMs.get(demand.template.fingerprint) ?? []) : [];
  });
  return shown.length === 0 ? undefined : Math.max(...shown);
}

/** Computing every row of its definition; nothing where it keeps only some, as the statements that ask do. */
function unfiltered({ query: { body }, definition }: Candidate, seen: Survey): number {
  const { sources, columns } = definition;
  if (body.kind !== 'block' || hasLiteral(body.block.where)) {
    return 0;
  }
  const keys = body.block.groupBy?.length ?? 0;
  return definitionWork({
    rows: Math.max(0, ...sources.map(seen.rowsOf)),
    joins: sources.length - 1,
    keys,
    values: Math.max(0, columns.length - keys),
  });
}

function columnsOf({ definition }: Candidate, sources: number): number {
  return Math.max(1, Math.ceil(definition.columns.length / Math.max(1, sources)));
}
