/** Says why the service would not make one of this query; nothing where it would. */
export function whyNotKept(query: string): string | undefined {
  const sources = sourcesOf(query);
  const strange = NOT_KEPT.find(([each]) => each.test(query))?.[1];
  const because = new Set(sources).size < sources.length ? 'self-joins' : strange;
  return because === undefined
    ? undefined
    : `Materialized view query contains unsupported feature: ${because}`;
}

const NOT_KEPT: readonly (readonly [RegExp, string])[] = [
  [/\b(left|right|full)\s+(outer\s+)?join\b/i, 'outer joins'],
  [/\blimit\s+\d/i, 'LIMIT'],
  [/\border\s+by\b/i, 'ORDER BY'],
  [/\bhaving\b/i, 'HAVING'],
  [/\bover\s*\(/i, 'analytic functions'],
  [/\((\s)*distinct\b/i, 'aggregates of DISTINCT'],
  [/\bfrom\s*\(/i, 'subqueries'],
  [/\bunion\b/i, 'UNION'],
  [
    /\b(rand|current_date|current_timestamp|session_user)\s*\(/i,
    'functions that are not deterministic',
  ],
  [/\b(sum|count|avg|min|max)\s*\([^()]*\)\s*[-+*/]/i, 'expressions of aggregates'],
];

/** Tables a query names, as schema and name. */
export function sourcesOf(query: string): readonly string[] {
  return [...query.matchAll(/\b(?:from|join)\s+([`\w.-]+)/gi)].map(([, source = '']) =>
    source.replaceAll('`', '').split('.').slice(-2).join('.').toLowerCase(),
  );
}
