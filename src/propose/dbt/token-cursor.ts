import { bracketPairs } from '../../sql/bracket-pairs.ts';
import { keyword } from '../../sql/keywords.ts';
import { isKeyword, isPunctuation, OPEN, type Tokens, WORD } from '../../sql/tokens.ts';
import type { TokenRun } from './text-query.ts';

const SELECT = keyword('select');
const WITH = keyword('with');
const [OPEN_BRACE, CLOSE_BRACE] = [123, 125];

/** Tokens, gone through without what stands in brackets. */
export class TokenCursor {
  readonly #tokens: Tokens;
  readonly #closers: readonly number[];

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#closers = bracketPairs(tokens);
  }

  split(run: TokenRun, separates: (index: number) => boolean): readonly TokenRun[] {
    const parts: TokenRun[] = [];
    let { first } = run;
    for (let at = run.first; at < run.end; at = this.after(at)) {
      if (separates(at)) {
        parts.push({ first, end: at });
        first = at + 1;
      }
    }
    return [...parts, { first, end: run.end }];
  }

  startsQuery(index: number): boolean {
    return (
      this.is(index, SELECT) ||
      this.is(index, WITH) ||
      (isPunctuation(this.#tokens, index, OPEN) && this.startsQuery(index + 1))
    );
  }

  /** The token after the one at `index`, or after what it opens. */
  after(index: number): number {
    const close = this.#closers[index];
    if (close !== undefined && close < this.#tokens.count) {
      return close + 1;
    }
    return isPunctuation(this.#tokens, index, OPEN_BRACE) ? this.#afterBrace(index) : index + 1;
  }

  #afterBrace(open: number): number {
    let depth = 0;
    for (let at = open; at < this.#tokens.count; at += 1) {
      depth += isPunctuation(this.#tokens, at, OPEN_BRACE) ? 1 : 0;
      depth -= isPunctuation(this.#tokens, at, CLOSE_BRACE) ? 1 : 0;
      if (depth === 0) {
        return at + 1;
      }
    }
    return open + 1;
  }

  is(index: number, code: number): boolean {
    return isKeyword(this.#tokens, index, code);
  }

  code(index: number): number {
    return this.#tokens.kinds[index] === WORD ? (this.#tokens.codes[index] ?? 0) : 0;
  }
}
