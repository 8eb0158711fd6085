/**
 * The SELECT of a view out of the `CREATE VIEW` text DuckDB stores.
 *
 * A view with a column list (`CREATE VIEW v (a, b) AS ...`) becomes `SELECT * FROM (...) AS v (a, b)`, so that the text
 * alone gives the view's own column names.
 */
export function selectOfView(createSql: string, columnNames: readonly string[]): string {
  const { head, body } = splitAtAs(createSql);
  const select = body.trim().replace(/;\s*$/, '');
  if (!head.trimEnd().endsWith(')')) {
    return select;
  }
  const list = columnNames.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
  return `SELECT * FROM (${select}) AS renamed (${list})`;
}

/** The first AS outside quotes and parentheses ends the head; names may hold anything within quotes. */
function splitAtAs(createSql: string): { readonly head: string; readonly body: string } {
  const token = /"(?:[^"]|"")*"|[()]|[A-Za-z_][A-Za-z0-9_]*/g;
  let depth = 0;
  for (const match of createSql.matchAll(token)) {
    const [word] = match;
    depth += word === '(' ? 1 : 0;
    depth -= word === ')' ? 1 : 0;
    if (depth === 0 && word.toLowerCase() === 'as') {
      return { head: createSql.slice(0, match.index), body: createSql.slice(match.index + 2) };
    }
  }
  return { head: '', body: createSql };
}
