/** Texts, quoted names and comments, in which `$1` is no parameter; else a parameter. */
const TOKEN =
  /\$(\w*)\$[\s\S]*?\$\1\$|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

const PARAMETER = /\$(\d+) = (NULL|'(?:[^']|'')*')/g;

/**
 * A statement with the values it ran with in place of `$1`, as the log tells them (`Parameters: $1 = '7', $2 = NULL`): the same
 * statement as one with literals, so that a grain or a limit is known. Untouched where the log tells none; absent where the
 * values were cut off.
 */
export function withParameters(sql: string, told: string | undefined): string | undefined {
  if (told === undefined || !/\$1 = /.test(told)) {
    return sql;
  }
  const values = new Map<string, string>();
  for (const [, number = '', value = ''] of told.matchAll(PARAMETER)) {
    if (value.endsWith("...'")) {
      return undefined;
    }
    values.set(number, value);
  }
  return sql.replaceAll(TOKEN, (token: string, _tag: string | undefined, number?: string) =>
    number === undefined ? token : (values.get(number) ?? token),
  );
}
