/** Whether a place of a SQL text is inside a string in single quotes. */
export function stringAt(sql: string, at: number): boolean {
  const before = sql.slice(0, at).replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, '');
  return (before.match(/'/g)?.length ?? 0) % 2 === 1;
}
