import type { Run, RunReader } from './run-reader.ts';

/** What an AGGREGATE of a pipe selects and groups by. */
export interface PipeAggregate {
  readonly items: string;
  /** With its words; empty for one group. */
  readonly groupBy: string;
  /** Why the grouping could not be written down, if so. */
  readonly because?: string;
}

/** Groupings that make several groups of a row, or columns that cannot be told from the text. */
const ODD_GROUPING = ['all', 'rollup', 'cube', 'grouping'];
/** An ordering may stand with each item; the answer has the same rows without it. */
const ORDER = /\s+(?:asc|desc)(?:\s+nulls\s+(?:first|last))?\s*$/i;

/** `AGGREGATE sum(a) AS s GROUP [AND ORDER] BY b AS c, d`: the groups come first among the columns. */
export function readPipeAggregate(run: Run, reader: RunReader): PipeAggregate {
  const { textOf, findWord, partsOf, wordAt, tokens } = reader;
  const group = findWord(run, ['group']);
  const aggregates = itemsOf({ from: run.from + 1, to: group === -1 ? run.to : group }, reader);
  if (group === -1) {
    return { items: aggregates.join(', '), groupBy: '' };
  }
  const isOrdered = wordAt(group + 1) === 'and' && wordAt(group + 2) === 'order';
  const keys = { from: group + (isOrdered ? 4 : 2), to: run.to };
  const parts = partsOf(keys);
  const isOdd =
    findWord(keys, ODD_GROUPING) !== -1 ||
    parts.some(({ from }) => /^\d/.test(tokens.sql.slice(tokens.starts[from])));
  if (isOdd) {
    const items = aggregates.length === 0 ? '*' : aggregates.join(', ');
    return { items, groupBy: '', because: 'a grouping of a pipe' };
  }
  const exprs = parts.map((part) => {
    const as = findWord(part, ['as']);
    return textOf({ from: part.from, to: as === -1 ? part.to : as }).replace(ORDER, '');
  });
  const items = [...itemsOf(keys, reader), ...aggregates];
  return { items: items.join(', '), groupBy: ` group by ${exprs.join(', ')}` };
}

function itemsOf(run: Run, { textOf, partsOf }: RunReader): readonly string[] {
  const texts = partsOf(run).map((part) => textOf(part).replace(ORDER, ''));
  return texts.filter((text) => text.trim() !== '');
}
