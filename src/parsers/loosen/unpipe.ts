import { bracketPairs } from '../../sql/bracket-pairs.ts';
import { keyword } from '../../sql/keywords.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  CLOSE,
  COMMA,
  isKeyword,
  isPunctuation,
  OPEN,
  OTHER_OPERATOR,
  SEMICOLON,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import type { Looser } from './looser.ts';
import { openPipe } from './pipe.ts';
import type { Run, RunReader } from './run-reader.ts';

const HEADS = ['from', 'table', 'select', 'values'];
const FROM = keyword('from');
const WITH = keyword('with');

/**
 * Pipe syntax (`FROM t |> WHERE a |> SELECT b`) as the nested queries it stands for. Undefined where there is no
 * pipe, or one with an operator we do not know: that text is refused as it is.
 */
export function unpiped(tokens: Tokens): Looser | undefined {
  const isPipe = (index: number) =>
    tokens.kinds[index] !== WORD &&
    tokens.codes[index] === OTHER_OPERATOR &&
    tokenText(tokens, index) === '|>';
  if (!tokens.sql.includes('|>')) {
    return undefined;
  }
  const closers = bracketPairs(tokens);
  const opaque = new Set<string>();
  let isUnknown = false;

  function skip(index: number): number {
    return isPunctuation(tokens, index, OPEN) ? (closers[index] ?? tokens.count) : index;
  }

  function textOf(run: Run): string {
    const pipes: number[] = [];
    for (let at = run.from; at < run.to; at = skip(at) + 1) {
      if (isPipe(at)) {
        pipes.push(at);
      }
    }
    const isBareFrom = pipes.length === 0 && isKeyword(tokens, run.from, FROM) && run.from > 0;
    return pipes.length > 0
      ? pipedText(run, pipes)
      : `${isBareFrom ? 'select * ' : ''}${plainText(run)}`;
  }

  /** The run as it stands, with what is in its brackets read by itself. */
  function plainText({ from, to }: Run): string {
    let text = '';
    let end = tokens.starts[from] ?? tokens.sql.length;
    for (let at = from; at < to; at += 1) {
      const close = skip(at);
      if (close > at && close < to) {
        text += tokens.sql.slice(end, tokens.ends[at]) + textOf({ from: at + 1, to: close });
        end = tokens.starts[close] ?? end;
        at = close;
      }
    }
    return text + tokens.sql.slice(end, tokens.ends[to - 1] ?? end);
  }

  function pipedText(run: Run, pipes: readonly number[]): string {
    const [first = run.to] = pipes;
    const start = headOf({ from: run.from, to: first });
    const pipe = openPipe({ from: start, to: first }, reader);
    for (const [index, at] of pipes.entries()) {
      const because = pipe?.add({ from: at + 1, to: pipes[index + 1] ?? run.to });
      if (because !== undefined) {
        opaque.add(because);
      }
    }
    isUnknown ||= pipe === undefined || pipe.isUnknown();
    return `${start > run.from ? `${plainText({ from: run.from, to: start })} ` : ''}${pipe?.text() ?? ''}`;
  }

  /** Where the query begins: after the CTEs, the AS of a CREATE, the target of an INSERT. */
  function headOf(run: Run): number {
    const isPlain = HEADS.includes(wordAt(run.from)) || isPunctuation(tokens, run.from, OPEN);
    if (isPlain) {
      return run.from;
    }
    const isInsert = wordAt(run.from) === 'insert';
    const isWith = isKeyword(tokens, run.from, WITH);
    for (let at = run.from + 1; at < run.to; at = skip(at) + 1) {
      const before = wordAt(at - 1);
      const isTarget = isInsert && (before === 'into' || before === 'overwrite');
      const isName = before === 'create' || before === 'replace' || before === 'temporary';
      const isHead = HEADS.includes(wordAt(at)) && !isTarget && !isName;
      const isQuery = isPunctuation(tokens, at, OPEN) && isPunctuation(tokens, at - 1, CLOSE);
      if (isHead || (isWith && isQuery)) {
        return at;
      }
    }
    return run.to;
  }

  function findWord(run: Run, words: readonly string[]): number {
    for (let at = run.from; at < run.to; at = skip(at) + 1) {
      if (words.includes(wordAt(at))) {
        return at;
      }
    }
    return -1;
  }

  function partsOf(run: Run): readonly Run[] {
    const parts: Run[] = [];
    let from = run.from;
    for (let at = run.from; at < run.to; at = skip(at) + 1) {
      if (isPunctuation(tokens, at, COMMA)) {
        parts.push({ from, to: at });
        from = at + 1;
      }
    }
    return [...parts, { from, to: run.to }];
  }

  function wordAt(index: number): string {
    return tokens.kinds[index] === WORD ? tokenText(tokens, index).toLowerCase() : '';
  }

  const reader: RunReader = { tokens, textOf, findWord, partsOf, wordAt };
  const statements: string[] = [];
  let from = 0;
  for (let at = 0; at <= tokens.count; at += 1) {
    if (at === tokens.count || isPunctuation(tokens, at, SEMICOLON)) {
      statements.push(from < at ? textOf({ from, to: at }) : '');
      from = at + 1;
    }
  }
  return isUnknown ? undefined : { sql: statements.join(';\n'), opaque: [...opaque] };
}
