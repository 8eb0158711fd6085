import type { BoundQuery } from '../../sql/bound.ts';
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
        ({ word, hidesValues }) => word === measured.word && !hidesValues,
      ),
    );
    const [first] = readings;
    const agree = readings.every(({ key }) => key === first?.key);
    if (first !== undefined && readings.length >= FEWEST_RUNS && agree) {
      found.set(reader, { ...first, hiddenText: measured.text });
    }
  }
  return { of: (reader) => found.get(readerName(reader)) };
}

function readerName({ kind, tool, name }: Reader): string {
  return `${kind} ${tool} ${name}`;
}
