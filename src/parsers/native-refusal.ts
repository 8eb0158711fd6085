import type { ParseRequest } from '../sql/parse-sql.ts';
import type { Tokens } from '../sql/tokens.ts';
import { PARAMETER, tokenText } from '../sql/tokens.ts';
import { plainRefusal } from './plain-refusal.ts';
import type { ReaderSet } from './reader-set.ts';

export interface Case {
  readonly request: ParseRequest;
  readonly tokens: Tokens;
  readonly readers: ReaderSet;
}

/** Numbered parameters: `$1`, and `?1` as we write a literal that was taken out. */
const NUMBERED = /^[$?]\d+$/;

/**
 * Why the warehouse's own parser would refuse the text; undefined where it would not, where none is at
 * hand, and where it crashed (it is left out from then on). Histories hold texts whose literals
 * were replaced by parameters (`interval $1`), where no parameter may stand: those are judged with
 * strings in their places.
 */
export async function nativeRefusal({
  request,
  tokens,
  readers,
}: Case): Promise<string | undefined> {
  const native = readers.nativeOf(request.dialect);
  if (native === undefined) {
    return undefined;
  }
  try {
    const judge = await native.open();
    const filled = withoutParameters(tokens);
    const first = await judge.refusalOf(request.sql);
    const refusal =
      first === undefined || filled === request.sql ? first : await judge.refusalOf(filled);
    return refusal === undefined
      ? undefined
      : `${native.name} refuses it: ${plainRefusal(refusal)}`;
  } catch {
    readers.leaveOut(native.name);
    return undefined;
  }
}

function withoutParameters(tokens: Tokens): string {
  const parts: string[] = [];
  let end = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    if (tokens.kinds[index] === PARAMETER && NUMBERED.test(tokenText(tokens, index))) {
      parts.push(tokens.sql.slice(end, tokens.starts[index]), `'0'`);
      end = tokens.ends[index] ?? end;
    }
  }
  return parts.join('') + tokens.sql.slice(end);
}
