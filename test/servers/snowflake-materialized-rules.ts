/** Says why an account would not make a materialized view of this query, in capitals; nothing where it would. */
export function whyNotMaterialized(query: string): string | undefined {
  const strange = NOT_KEPT.find(([each]) => each.test(query))?.[1];
  return strange ?? whyUngiven(query);
}

const NOT_KEPT: readonly (readonly [RegExp, string])[] = [
  [
    /\bJOIN\b|\bFROM\s+[^()]*?,\s*[\w"]+(?=[^()]*$)/,
    'More than one table referenced in the view definition',
  ],
  [/\bAT\s*\(|\bBEFORE\s*\(/, 'Time travel on base table'],
  [/\bDISTINCT\b/, 'DISTINCT'],
  [/\bHAVING\b/, 'HAVING'],
  [/\bORDER\s+BY\b/, 'ORDER BY'],
  [/\bLIMIT\b/, 'LIMIT'],
  [/\bOVER\s*\(/, 'Window function'],
  [/\b(ROLLUP|CUBE|GROUPING\s+SETS)\b/, 'Multiple groupings'],
  [/\b(UNION|MINUS|EXCEPT|INTERSECT)\b/, 'Set operators'],
  [/\bSELECT\b[\s\S]*\bSELECT\b/, 'Nested subquery'],
  [/\b(RANDOM|UUID_STRING|CURRENT_(DATE|TIMESTAMP|USER|ROLE))\b/, 'Nondeterministic function'],
  [
    /\b(MEDIAN|LISTAGG|ARRAY_AGG|OBJECT_AGG|APPROX_PERCENTILE|MODE|ANY_VALUE|PERCENTILE_CONT)\s*\(/,
    'Aggregate function not supported',
  ],
  [
    /\b(WEEK|DAYOFWEEK)\s*\(|DATE_TRUNC\s*\(\s*'WEEK'/i,
    'Function whose result depends on a parameter',
  ],
];

/** Keys of the grouping that are no outputs; of plain names and calls, as we write them. */
function whyUngiven(query: string): string | undefined {
  const [, list = ''] = /^SELECT\b([\s\S]*?)\bFROM\b/.exec(query) ?? [];
  const keys = /\bGROUP\s+BY\b([\s\S]*)$/.exec(query)?.[1];
  const missing = keys
    ?.split(/,(?![^()]*\))/)
    .map((key) => key.trim())
    .find((key) => !/^\d+$/.test(key) && !list.includes(key));
  return missing === undefined ? undefined : `Group by key ${missing} is not in the SELECT list`;
}
