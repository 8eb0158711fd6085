import type { MartDefinition } from '../../marts/mart.ts';
import { candidateKey } from '../author-mart.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { AdoptableView, EnumerationInput, Enumerator } from '../enumeration.ts';
import { isStarMart } from '../mart-shape.ts';

/** A gold table whose defining SELECT the operator handed over: the statements that name it go on unchanged. */
export const adoptedTable: Enumerator = {
  id: 'adopted-table',

  enumerate(input) {
    const candidates: Candidate[] = [];
    const not: NotEnumerated[] = [];
    const owned = new Set(input.marts.map(({ definition }) => definition.relation));
    for (const table of input.adoptable.toSorted((a, b) => (a.view < b.view ? -1 : 1))) {
      if (table.handedOver === undefined || owned.has(table.view)) {
        continue;
      }
      const candidate = adopt(table, input);
      if ('because' in candidate) {
        not.push({ enumerator: 'adopted-table', about: table.view, because: candidate.because });
      } else {
        candidates.push(candidate);
      }
    }
    return { candidates, not };
  },
};

function adopt(
  { view: relation, handedOver, columns, maxStalenessMs }: AdoptableView,
  { definitionOf, world }: EnumerationInput,
): Candidate | { readonly because: string } {
  if (handedOver?.kind === 'unread') {
    return { because: handedOver.because };
  }
  const read = definitionOf(relation);
  if (handedOver === undefined || read === undefined || columns.length === 0) {
    return { because: 'it is listed as adoptable, but the catalog holds no table of that name' };
  }
  if (read.sources.includes(relation)) {
    return {
      because:
        'the definition handed over reads the table itself, so it cannot make it from nothing',
    };
  }
  const definition: MartDefinition = {
    relation,
    origin: 'adopted',
    sql: handedOver.sql,
    columns,
    sources: read.sources,
    obligations: [],
    maxStalenessMs,
  };
  const shape = isStarMart(read.query);
  return {
    key: candidateKey(definition.sql),
    enumerator: 'adopted-table',
    definition,
    query: read.query,
    ...(shape === undefined ? {} : { anchor: shape.anchorOf(world.rowsOf) }),
    ...(shape?.grain === undefined ? {} : { grain: shape.grain }),
    unverified: [],
    failed: [],
    objections: read.objections,
  };
}
