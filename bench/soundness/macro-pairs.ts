import type { Pair } from './pair-grammar.ts';
import { pairOf } from './pair-grammar.ts';

/** Stand-ins for bitmaps, and plain functions written in SQL. */
export const MACROS = `
  create macro to_bitmap(x) as x;
  create macro bitmap_union(x) as list(distinct x);
  create macro bitmap_union_count(x) as count(distinct x);
  create macro total_of(x) as sum(x);
  create macro month_of(d) as date_trunc('month', d);
  create macro or_zero(x) as coalesce(x, 0)`;

/** A pair whose mart keeps sets of distinct values, and whose query says some things by functions; undefined where there are none. */
export function macroPairOf(seed: number): Pair | undefined {
  const { mart, query } = pairOf(seed);
  const kept = mart.replaceAll(
    /count\(distinct ([\w.]+)\)(?! filter)/g,
    'bitmap_union(to_bitmap($1))',
  );
  const asked = query
    .replaceAll(/\bsum\(([\w.]+)\)(?! filter)/g, 'total_of($1)')
    .replaceAll(/date_trunc\('month', ([\w.]+)\)/g, 'month_of($1)')
    .replaceAll(/coalesce\(([\w.]+), 0\)/g, 'or_zero($1)');
  const said =
    seed % 2 === 0
      ? asked
      : asked.replaceAll(
          /count\(distinct ([\w.]+)\)(?! filter)/g,
          'bitmap_union_count(to_bitmap($1))',
        );
  return kept === mart && said === query ? undefined : { mart: kept, query: said };
}
