import { relationId, relationParts } from '../base/relation.ts';
import { candidateKey } from './author-mart.ts';
import type { Candidate, NotEnumerated } from './candidate.ts';
import type { Enumerated, EnumerationInput } from './enumeration.ts';
import { ENUMERATORS } from './enumerators.ts';
import { withoutCollision } from './name-mart.ts';

/** More are never weighed in one cycle; each enumerator lists its dearest first. */
const MOST_CANDIDATES = 120;

/** Asks every enumerator in turn; a mart two of them find is the first one's. Names are made unique at the end. */
export function enumerateCandidates(input: EnumerationInput): Enumerated {
  const found = new Map<string, Candidate>();
  const not: NotEnumerated[] = [];
  // What was quarantined under one name does not come back under another.
  const stopped = new Set(
    input.marts
      .filter(({ stage }) => stage === 'quarantined')
      .map(({ definition }) => candidateKey(definition.sql)),
  );
  for (const enumerator of ENUMERATORS) {
    const { candidates, not: refused } = enumerator.enumerate(input);
    for (const candidate of candidates) {
      if (
        !found.has(candidate.key) &&
        !stopped.has(candidate.key) &&
        found.size < MOST_CANDIDATES
      ) {
        found.set(candidate.key, candidate);
      }
    }
    not.push(...refused);
  }
  return { candidates: uniquelyNamed([...found.values()], input), not: distinctReasons(not) };
}

function uniquelyNamed(
  candidates: readonly Candidate[],
  { world }: EnumerationInput,
): readonly Candidate[] {
  const isFixed = ({ enumerator }: Candidate) =>
    enumerator === 'published' || enumerator === 'adopted' || enumerator === 'adopted-table';
  const taken = new Set(world.schema.relations.map(({ id }) => id.toLowerCase()));
  for (const { definition } of candidates.filter(isFixed)) {
    taken.add(definition.relation.toLowerCase());
  }
  const renamed = candidates
    .filter((candidate) => !isFixed(candidate))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((candidate) => {
      const { database, schema, name } = relationParts(candidate.definition.relation);
      const idOf = (each: string) => relationId({ database, schema, name: each });
      const isTaken = (each: string) => taken.has(idOf(each).toLowerCase());
      const relation = idOf(withoutCollision(name, { key: candidate.key, isTaken }));
      taken.add(relation.toLowerCase());
      return { ...candidate, definition: { ...candidate.definition, relation } };
    });
  const byKey = new Map(renamed.map((candidate) => [candidate.key, candidate]));
  return candidates.map((candidate) => byKey.get(candidate.key) ?? candidate);
}

function distinctReasons(not: readonly NotEnumerated[]): readonly NotEnumerated[] {
  const text = ({ enumerator, about, because }: NotEnumerated) =>
    `${enumerator} ${about} ${because}`;
  return [...new Map(not.map((each) => [text(each), each])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}
