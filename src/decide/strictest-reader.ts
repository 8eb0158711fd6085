import type { Answer, Candidate } from '../candidates/candidate.ts';
import type { CycleInput } from './cycle-input.ts';

/**
 * A candidate with the bound of the strictest among its readers, where one of them may not be answered as old as the mart's own
 * bound allows: one table has one age, so whoever asks for the freshest answers decides how often it is refreshed.
 */
export function boundByReaders(
  candidate: Candidate,
  { answers, input }: { readonly answers: readonly Answer[]; readonly input: CycleInput },
): Candidate {
  const bounds = new Map(
    (input.readerStaleness ?? []).map(({ reader, maxStalenessMs }) => [reader, maxStalenessMs]),
  );
  if (bounds.size === 0) {
    return candidate;
  }
  const read = new Set(answers.map(({ fingerprint }) => fingerprint));
  const readers = new Set(
    input.usage.facts
      .filter(({ fingerprint }) => read.has(fingerprint))
      .map(({ reader }) => reader.name),
  );
  const [strictest] = [...readers]
    .flatMap((reader) => {
      const maxStalenessMs = bounds.get(reader);
      return maxStalenessMs === undefined ? [] : [{ reader, maxStalenessMs }];
    })
    .toSorted((a, b) => a.maxStalenessMs - b.maxStalenessMs || (a.reader < b.reader ? -1 : 1));
  const { definition } = candidate;
  return strictest === undefined || strictest.maxStalenessMs >= definition.maxStalenessMs
    ? candidate
    : {
        ...candidate,
        strictest,
        definition: { ...definition, maxStalenessMs: strictest.maxStalenessMs },
      };
}
