import type { Answer, Candidate } from '../candidates/candidate.ts';
import type { TemplateDemand } from '../candidates/demand.ts';
import type { CycleInput } from './cycle-input.ts';

/**
 * The same answers, with those marked that the warehouse gives by itself from a mart it keeps: statements it was seen to rewrite, and
 * those over exactly the mart's tables of which the matcher proved that they can be.
 */
export function rewrittenAnswers(
  answers: readonly Answer[],
  {
    candidate: { definition },
    catalog,
    demandOf,
  }: {
    readonly candidate: Candidate;
    readonly catalog: CycleInput['catalog'];
    readonly demandOf: (fingerprint: string) => TemplateDemand | undefined;
  },
): readonly Answer[] {
  const tables = new Set(catalog.flatMap(({ id, kind }) => (kind === 'table' ? [id] : [])));
  const sources = [...definition.sources].toSorted().join('\n');
  return answers.map((answer) => {
    const demand = answer.how === 'route' ? demandOf(answer.fingerprint) : undefined;
    const read = demand?.template.shape.relations.map(({ relation }) => relation) ?? [];
    const base = [...new Set(read.filter((relation) => tables.has(relation)))].toSorted();
    const isIt =
      demand !== undefined &&
      (demand.rewrittenTo.has(definition.relation) || base.join('\n') === sources);
    return isIt ? { ...answer, rewritten: true } : answer;
  });
}
