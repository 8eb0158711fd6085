import { derived, quoteName } from './quote.ts';

/** The column that says of which database a row is. */
export const NUMBER = 'goldsmith_database';

/** A name that a statement may read, and the table of all databases' rows that stands for it. */
export interface NumberedSource {
  readonly name: string;
  readonly table: string;
}

/**
 * One text that answers a statement for all databases: a lateral source of the table of their numbers, in which every name
 * stands for its rows of one number. The statement's own text is not touched.
 */
export function lateralText(sql: string, sources: readonly NumberedSource[]): string {
  return `select numbers.${NUMBER}, answer.* from numbered.numbers as numbers, lateral (
${withSources(sql, { sources, number: `numbers.${NUMBER}` })}
) as answer`;
}

/** The same for one number, the parameter `$number`: nothing but plain filters in it, and to be run for each. */
export function parameterText(sql: string, sources: readonly NumberedSource[]): string {
  return `select $number::integer as ${NUMBER}, answer.* from (
${withSources(sql, { sources, number: '$number::integer' })}
) as answer`;
}

function withSources(
  sql: string,
  { sources, number }: { readonly sources: readonly NumberedSource[]; readonly number: string },
): string {
  const lower = sql.toLowerCase();
  const named = sources
    .filter(({ name }) => lower.includes(name.toLowerCase()))
    .map(
      ({ name, table }) =>
        `${quoteName(name)} as (select * exclude (${NUMBER}) from ${table} as held where held.${NUMBER} = ${number})`,
    );
  return `${named.length === 0 ? '' : `with ${named.join(',\n')}\n`}select * from ${derived(sql, 'asked')}`;
}

const NOT_PLAIN =
  /\b(lateral|unnest|exists|any|some|limit|offset|fetch|over|qualify|rollup|cube|sets|grouping|grouping_id|pivot|unpivot|recursive|full)\b/i;

/**
 * False where a query may stand inside an expression of the text, or a source inside another be lateral itself: the engine
 * answers some of these wrongly when they stand in a lateral source (seen of NOT IN, of correlated subqueries and of GROUPING_ID,
 * DuckDB 1.5). What rarely occurs and is more than join, filter and group is not trusted either.
 */
export function isSafelyLateral(sql: string): boolean {
  const plain = sql
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ');
  const openings = plain.matchAll(/([^\s(]*)[\s(]*\(\s*(?:select|with|from|values|table)\b/gi);
  return (
    !NOT_PLAIN.test(plain) &&
    [...openings].every(([, before = '']) =>
      /^(from|join|as|union|except|intersect)?$/i.test(before),
    )
  );
}
