import type { MartDefinition } from '../../marts/mart.ts';
import { candidateKey } from '../author-mart.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { AdoptableView, EnumerationInput, Enumerator } from '../enumeration.ts';
import { isStarMart } from '../mart-shape.ts';

/** A gold view somebody else wrote, materialized as it is: the statements that name it get faster unchanged. */
export const adopted: Enumerator = {
  id: 'adopted',

  enumerate(input) {
    const candidates: Candidate[] = [];
    const not: NotEnumerated[] = [];
    const owned = new Set(input.marts.map(({ definition }) => definition.relation));
    for (const view of input.adoptable.toSorted((a, b) => (a.view < b.view ? -1 : 1))) {
      if (owned.has(view.view) || view.handedOver !== undefined) {
        continue;
      }
      const candidate = adopt(view, input);
      if ('because' in candidate) {
        not.push({ enumerator: 'adopted', about: view.view, because: candidate.because });
      } else {
        candidates.push(candidate);
      }
    }
    return { candidates, not };
  },
};

function adopt(
  { view, sql, columns, maxStalenessMs }: AdoptableView,
  { definitionOf, world }: EnumerationInput,
): Candidate | { readonly because: string } {
  const read = definitionOf(view);
  if (sql === undefined || read === undefined) {
    return {
      because: 'it is listed as adoptable, but the catalog holds no view of that name we can read',
    };
  }
  const definition: MartDefinition = {
    relation: view,
    origin: 'adopted',
    sql: sql.trim().replace(/;\s*$/, ''),
    columns,
    sources: read.sources,
    obligations: [],
    maxStalenessMs,
  };
  const shape = isStarMart(read.query);
  return {
    key: candidateKey(definition.sql),
    enumerator: 'adopted',
    definition,
    query: read.query,
    ...(shape === undefined ? {} : { anchor: shape.anchorOf(world.rowsOf) }),
    ...(shape?.grain === undefined ? {} : { grain: shape.grain }),
    unverified: [],
    failed: [],
    objections: read.objections,
  };
}
