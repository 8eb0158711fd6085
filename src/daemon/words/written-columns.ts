import type { Write } from '../../lineage/column-edges.ts';
import type { WordDefinition } from '../../lineage/words/business-words.ts';
import { refsIn } from '../../sql/normalize/walk.ts';
import { shortName } from '../cycle-report.ts';

/** Columns told of one definition at most. */
const MOST_TOLD = 5;

/**
 * What jobs made the columns of that a definition adds up, in words: two definitions may be one sum, once over a table and once over
 * what a job stored of it.
 */
export function writtenColumns(
  { example: { measure, tables } }: Pick<WordDefinition, 'example'>,
  writes: readonly Write[],
): readonly string[] {
  const told = refsIn(measure.arithmetic).flatMap(({ occ, column }) =>
    writes
      .filter(({ target }) => target === tables.get(occ))
      .flatMap(({ target, lineage, by = [] }) => {
        const edge = lineage.find((one) => one.column === column);
        const from = edge?.sources.map(
          (source) => `${shortName(source.relation)}.${source.column}`,
        );
        return from === undefined || from.length === 0
          ? []
          : [
              `${shortName(target)}.${column} is written from ${from.join(', ')} by ${by[0] ?? 'a statement'}`,
            ];
      }),
  );
  return [...new Set(told)].slice(0, MOST_TOLD);
}
