import { relationParts } from '../../base/relation.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { tokenize } from '../../sql/lexer.ts';
import { quoteName } from '../../sql/print/quote-name.ts';
import { DOT, isPunctuation, tokenText, WORD } from '../../sql/tokens.ts';

/**
 * A printed statement with the names of its tables for their aliases (`t1`), where each is read once: as people write it. The text is
 * not read again here; whoever uses it compares both.
 */
export function readableAliases(
  { sql, sources }: Pick<MartDefinition, 'sql' | 'sources'>,
  dialect: Dialect,
): string {
  const tokens = tokenize(sql, dialect.lexical);
  const word = (at: number) => (tokens.kinds[at] === WORD ? tokenText(tokens, at) : '');
  const isAlias = (at: number) => /^t\d+$/.test(word(at)) && word(at - 1).toLowerCase() === 'as';
  const own = new Set(sources.map((relation) => relationParts(relation).name.toLowerCase()));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (let at = 2; at < tokens.count; at += 1) {
    const name = tokenText(tokens, at - 2).replaceAll(/^["`]|["`]$/g, '');
    if (isAlias(at) && own.has(name.toLowerCase())) {
      if (taken.has(name.toLowerCase()) || names.has(word(at))) {
        return sql;
      }
      taken.add(name.toLowerCase());
      names.set(word(at), quoteName(name, dialect.name));
    }
  }
  let text = '';
  let done = 0;
  for (let at = 0; at < tokens.count; at += 1) {
    const name = names.get(word(at));
    const isNamed =
      isAlias(at) || (isPunctuation(tokens, at + 1, DOT) && !isPunctuation(tokens, at - 1, DOT));
    if (name !== undefined && isNamed) {
      text += sql.slice(done, tokens.starts[at]) + name;
      done = tokens.ends[at] ?? done;
    }
  }
  return text + sql.slice(done);
}
