import { snowflake } from '../../sql/dialects/snowflake.ts';
import { tokenize } from '../../sql/lexer.ts';
import { QUOTED, tokenText, WORD } from '../../sql/tokens.ts';

/** Every word and quoted name of a text, in capitals: whatever it names is among them. */
export function namesIn(sql: string): ReadonlySet<string> {
  const tokens = tokenize(sql, snowflake.lexical);
  const names = new Set<string>();
  for (let at = 0; at < tokens.count; at += 1) {
    const text = tokenText(tokens, at);
    if (tokens.kinds[at] === WORD) {
      names.add(text.toUpperCase());
    } else if (tokens.kinds[at] === QUOTED) {
      names.add(text.slice(1, -1).replaceAll('""', '"').toUpperCase());
    }
  }
  return names;
}
