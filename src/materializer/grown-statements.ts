import type { RelationId } from '../base/relation.ts';
import type { NameWording, Wording } from '../connectors/wording.ts';
import type { GrownMeasure } from '../marts/growth.ts';
import type { MartColumn } from '../marts/mart.ts';
import { derived } from '../prove/quote.ts';
import type { AddedRows } from './make-whole.ts';

interface Columns {
  readonly columns: readonly MartColumn[];
  readonly wording: Wording;
}

/** What a version held and what was added to it, as one: equal keys grouped, measures made one. */
export function mergedWithAdded(
  { by, before, sql }: Pick<AddedRows, 'by' | 'before' | 'sql'>,
  { columns, wording: { names } }: Columns,
): string {
  const all = columns.map(({ name }) => names.quote(name)).join(', ');
  const both = `select ${all}\nfrom ${names.relation(before.table)}
union all
select ${all}\nfrom ${derived(sql, 'added')}`;
  const { keys } = by;
  if (keys === undefined) {
    return both;
  }
  const items = columns.map(({ name, type }) => {
    const column = names.quote(name);
    const how = howOf(name, by.measures);
    return how === undefined ? column : `cast(${how}(${column}) as ${type}) as ${column}`;
  });
  return `select ${items.join(', ')}\nfrom ${derived(both, 'parts')}
group by ${keys.map((key) => names.quote(key)).join(', ')}`;
}

/** The same said in another way, for the proof: groups are found by a join, and what both sides have is calculated. */
export function joinedWithAdded(
  added: Pick<AddedRows, 'by' | 'before' | 'sql'>,
  { columns, wording }: Columns,
): string {
  const { by, before, sql } = added;
  const { names } = wording;
  const { keys } = by;
  if (keys === undefined) {
    return mergedWithAdded(added, { columns, wording });
  }
  const here = (text: string, alias: string) =>
    derived(`select ${listed(columns, names)}, 1 as ${HERE}\nfrom ${text}`, alias);
  const items = columns.map(({ name, type }) => {
    const column = names.quote(name);
    const [old, fresh] = [`held.${column}`, `more.${column}`];
    const how = howOf(name, by.measures);
    const value =
      how === undefined
        ? `case when held.${HERE} is null then ${fresh} else ${old} end`
        : `case when ${old} is null then ${fresh} when ${fresh} is null then ${old} else ${bothOf(how, old, fresh)} end`;
    return `cast(${value} as ${type}) as ${column}`;
  });
  const on = keys.map((key) => {
    const column = names.quote(key);
    return `held.${column} is not distinct from more.${column}`;
  });
  return `select ${items.join(',\n  ')}
from ${here(names.relation(before.table), 'held')}
full join ${here(derived(sql, 'added'), 'more')}
  on ${on.join('\n  and ')}`;
}

/** On which side a group was found. */
const HERE = 'goldsmith_here';

/** The rows of a source from a place on. */
export function rowsFrom(
  source: RelationId,
  {
    place,
    end,
    names,
  }: { readonly place: string; readonly end: string; readonly names: NameWording },
): string {
  return `select * from ${names.relation(source)} where ${place} >= ${end}`;
}

function bothOf(how: GrownMeasure['how'], old: string, fresh: string): string {
  if (how === 'sum') {
    return `${old} + ${fresh}`;
  }
  return `case when ${old} ${how === 'min' ? '<' : '>'} ${fresh} then ${old} else ${fresh} end`;
}

function howOf(name: string, measures: readonly GrownMeasure[]): GrownMeasure['how'] | undefined {
  return measures.find(({ column }) => column === name)?.how;
}

function listed(columns: readonly MartColumn[], names: NameWording): string {
  return columns.map(({ name }) => names.quote(name)).join(', ');
}
