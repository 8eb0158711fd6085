import { keyword } from '../../sql/keywords.ts';
import {
  CLOSE,
  DOT,
  isKeyword,
  isPunctuation,
  QUOTED,
  type Tokens,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import type { TextSource } from './text-query.ts';

const AS = keyword('as');
const JOIN = keyword('join');
const ON = keyword('on');
const USING = keyword('using');

/** What a source of FROM is called by the clauses of its select, as it is written; undefined where that cannot be told. */
export function sourceAlias(tokens: Tokens, source: TextSource): string | undefined {
  const end = endOfSource(tokens, source);
  const last = end - 1;
  if (last < source.first || !isName(tokens, last)) {
    return undefined;
  }
  const before = last - 1;
  const isAlias =
    isKeyword(tokens, before, AS) ||
    isPunctuation(tokens, before, CLOSE) ||
    (before >= source.first && isName(tokens, before) && !isKeyword(tokens, before, JOIN));
  const isPath = isPunctuation(tokens, before, DOT) || before < source.first;
  return isAlias || isPath || isKeyword(tokens, before, JOIN) || !isName(tokens, before)
    ? tokenText(tokens, last)
    : undefined;
}

/** Where the source ends and its condition begins. */
function endOfSource(tokens: Tokens, { first, end }: TextSource): number {
  let depth = 0;
  for (let at = first; at < end; at += 1) {
    const text =
      tokens.kinds[at] === WORD || tokens.kinds[at] === QUOTED ? '' : tokenText(tokens, at);
    depth += text === '(' ? 1 : 0;
    depth -= text === ')' ? 1 : 0;
    if (depth === 0 && (isKeyword(tokens, at, ON) || isKeyword(tokens, at, USING))) {
      return at;
    }
  }
  return end;
}

function isName(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  return kind === QUOTED || (kind === WORD && (tokens.codes[index] ?? 0) === 0);
}
