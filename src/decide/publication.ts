import type { Intent } from './intent.ts';
import type { Weighed } from './weigh.ts';

/** The first step of a mart nobody sees yet: one of ours as a view, or somebody's view taken over word for word. */
export function publication(
  { appraisal: { candidate, mart } }: Weighed,
  because: string,
): readonly Intent[] {
  if (mart !== undefined) {
    return [];
  }
  const { definition } = candidate;
  return [
    {
      kind: 'publish',
      relation: definition.relation,
      definition,
      ...(definition.origin === 'adopted' ? { originalSql: definition.sql } : {}),
      because,
      evidence: { columns: definition.columns.length, obligations: definition.obligations.length },
    },
  ];
}
