import type { MartDefinition } from '../marts/mart.ts';
import { candidateKey } from './author-mart.ts';
import type { Candidate, EnumeratorId, NotEnumerated } from './candidate.ts';
import type { AdoptableView, EnumerationInput } from './enumeration.ts';
import { isStarMart } from './mart-shape.ts';
import type { ReadDefinition } from './read-definition.ts';

/** What stands for a relation that is taken over: its text, and what that was understood as. */
export interface Adoptable {
  readonly sql: string;
  readonly read: ReadDefinition;
}

/** One candidate for each listed relation that is not ours yet, with the definition `understand` finds for it; in order of name. */
export function adoptedCandidates(
  input: EnumerationInput,
  {
    enumerator,
    listed,
    understand,
  }: {
    readonly enumerator: EnumeratorId;
    readonly listed: readonly AdoptableView[];
    readonly understand: (relation: AdoptableView) => Adoptable | { readonly because: string };
  },
): { readonly candidates: readonly Candidate[]; readonly not: readonly NotEnumerated[] } {
  const candidates: Candidate[] = [];
  const not: NotEnumerated[] = [];
  const owned = new Set(input.marts.map(({ definition }) => definition.relation));
  for (const relation of listed.toSorted((a, b) => (a.view < b.view ? -1 : 1))) {
    if (owned.has(relation.view)) {
      continue;
    }
    const found = understand(relation);
    if ('because' in found) {
      not.push({ enumerator, about: relation.view, because: found.because });
    } else {
      candidates.push(candidateOf(relation, { ...found, enumerator, input }));
    }
  }
  return { candidates, not };
}

function candidateOf(
  { view: relation, columns, maxStalenessMs }: AdoptableView,
  {
    sql,
    read,
    enumerator,
    input,
  }: Adoptable & { readonly enumerator: EnumeratorId; readonly input: EnumerationInput },
): Candidate {
  const definition: MartDefinition = {
    relation,
    origin: 'adopted',
    sql,
    columns,
    sources: read.sources,
    obligations: [],
    maxStalenessMs,
  };
  const shape = isStarMart(read.query);
  return {
    key: candidateKey(definition.sql),
    enumerator,
    definition,
    query: read.query,
    ...(shape === undefined ? {} : { anchor: shape.anchorOf(input.world.rowsOf) }),
    ...(shape?.grain === undefined ? {} : { grain: shape.grain }),
    unverified: [],
    failed: [],
    objections: read.objections,
  };
}
