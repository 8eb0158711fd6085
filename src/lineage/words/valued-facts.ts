import type { BoundQuery } from '../../sql/bound.ts';
import type { JoinTree } from '../../sql/normal-query.ts';
import { someExpr } from '../../sql/normalize/walk.ts';
import type { Reader } from '../../usage/template.ts';
import { type MeasureFacts, type MeasureFactsParts, measureFacts } from './measure-facts.ts';

/** One run of a statement, with its values. */
export interface ReadSample {
  readonly reader: Reader;
  readonly query: BoundQuery;
}

/** As `MeasureFacts`, with the values that every run of a reader has. */
export interface ValuedFacts extends MeasureFacts {
  /** The text as the shape without values has it. */
  readonly hiddenText: string;
}

/** Runs of one reader that must agree before a value counts as part of what is measured. */
const FEWEST_RUNS = 2;

/**
 * What the hidden values of a measure are, by reader: a value that two runs of a reader share and none contradicts belongs to
 * what that reader measures; one that changes from run to run belongs to the run and stays hidden.
 */
export function valuedFacts(
  measured: MeasureFacts,
  {
    samples,
    parts,
  }: { readonly samples: readonly ReadSample[]; readonly parts: MeasureFactsParts },
): { readonly of: (reader: Reader) => ValuedFacts | undefined } {
  const found = new Map<string, ValuedFacts>();
  for (const [reader, all] of Map.groupBy(samples, (sample) => readerName(sample.reader))) {
    const readings = all.flatMap(({ query }) =>
      measureFacts(query, parts).filter(
        ({ word, hidesValues, measure }) =>
          word === measured.word && !hidesValues && !joinsByValues(measure.block.from),
      ),
    );
    const [first] = readings;
    const agree = readings.every(({ key }) => key === first?.key);
    if (first !== undefined && readings.length >= FEWEST_RUNS && agree) {
      const { filters, groupedBy, text: hiddenText } = measured;
      found.set(reader, { ...first, filters, groupedBy, hiddenText });
    }
  }
  return { of: (reader) => found.get(readerName(reader)) };
}

/** A value in an outer join's condition is no part of the arithmetic, and yet of the rows: it stays hidden with the rest. */
function joinsByValues(tree: JoinTree): boolean {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return false;
    case 'query':
      return true;
    case 'inner':
      return tree.members.some(joinsByValues);
    case 'outer':
      return (
        joinsByValues(tree.left) ||
        joinsByValues(tree.right) ||
        tree.on.some((condition) => someExpr(condition, ({ kind }) => kind === 'literal'))
      );
  }
}

function readerName({ kind, tool, name }: Reader): string {
  return `${kind} ${tool} ${name}`;
}
