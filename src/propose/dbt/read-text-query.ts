import { keyword } from '../../sql/keywords.ts';
import { wordAt } from '../../sql/own-words/name-places.ts';
import {
  COMMA,
  DOT,
  isPunctuation,
  OPEN,
  QUOTED,
  SEMICOLON,
  type Tokens,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import {
  type TextCte,
  type TextItem,
  type TextList,
  type TextMember,
  type TextQuery,
  type TextSelect,
  type TextSource,
  type TokenRun,
  Unreadable,
} from './text-query.ts';
import { TokenCursor } from './token-cursor.ts';

const ALL = keyword('all');
const AS = keyword('as');
const BY = keyword('by');
const DISTINCT = keyword('distinct');
const IS = keyword('is');
const JOIN = keyword('join');
const LATERAL = keyword('lateral');
const MATERIALIZED = keyword('materialized');
const NOT = keyword('not');
const ON = keyword('on');
const RECURSIVE = keyword('recursive');
const SELECT = keyword('select');
const USING = keyword('using');
const WITH = keyword('with');
const SET_OPERATORS = new Set(['union', 'intersect', 'except', 'minus'].map(keyword));
const JOIN_WORDS = new Set(
  'natural inner left right full outer cross semi anti asof global'.split(' ').map(keyword),
);
const CLAUSES = new Map(
  'from where group having qualify window order limit offset fetch'
    .split(' ')
    .map((word) => [keyword(word), word]),
);
const STAR = 42;

/**
 * The structure of a text that is one query. Throws `Unreadable` for what it does not know; what it makes of what it does
 * is compared with what a parser made of it before anything is done with it.
 */
export function readTextQuery(tokens: Tokens): TextQuery {
  const end = isPunctuation(tokens, tokens.count - 1, SEMICOLON) ? tokens.count - 1 : tokens.count;
  return new Reading(tokens).query({ first: 0, end });
}

class Reading {
  readonly #tokens: Tokens;
  readonly #at: TokenCursor;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#at = new TokenCursor(tokens);
  }

  query({ first, end }: TokenRun): TextQuery {
    const { ctes, isRecursive, at } = this.#with(first);
    const members = this.#at
      .split({ first: at, end }, (index) => this.#isSetOperator(index))
      .map((member) => this.#member(member));
    return { ctes, isRecursive, members };
  }

  #with(first: number): { ctes: readonly TextCte[]; isRecursive: boolean; at: number } {
    if (!this.#at.is(first, WITH)) {
      return { ctes: [], isRecursive: false, at: first };
    }
    const isRecursive = this.#at.is(first + 1, RECURSIVE);
    const ctes: TextCte[] = [];
    let at = first + (isRecursive ? 2 : 1);
    for (;;) {
      const cte = this.#cte(at);
      ctes.push(cte);
      at = cte.end;
      if (!isPunctuation(this.#tokens, at, COMMA)) {
        return { ctes, isRecursive, at };
      }
      at += 1;
    }
  }

  #cte(first: number): TextCte {
    const kind = this.#tokens.kinds[first];
    if (kind !== WORD && kind !== QUOTED) {
      throw new Unreadable('a WITH whose names could not be told');
    }
    const hasColumnList = isPunctuation(this.#tokens, first + 1, OPEN);
    let at = hasColumnList ? this.#at.after(first + 1) : first + 1;
    if (!this.#at.is(at, AS)) {
      throw new Unreadable('a WITH without AS');
    }
    at += 1;
    at += this.#at.is(at, NOT) ? 1 : 0;
    at += this.#at.is(at, MATERIALIZED) ? 1 : 0;
    if (!isPunctuation(this.#tokens, at, OPEN)) {
      throw new Unreadable('a WITH whose query could not be told');
    }
    const end = this.#at.after(at);
    const query = this.query({ first: at + 1, end: end - 1 });
    return { first, end, name: wordAt(this.#tokens, first).toLowerCase(), hasColumnList, query };
  }

  #member(run: TokenRun): TextMember {
    const first =
      run.first + (this.#at.is(run.first, ALL) || this.#at.is(run.first, DISTINCT) ? 1 : 0);
    if (this.#at.is(first, SELECT)) {
      return this.#select({ first, end: run.end });
    }
    const isBracket = isPunctuation(this.#tokens, first, OPEN);
    const close = isBracket ? this.#at.after(first) : first;
    const isTail = close === run.end || this.#clauseAt(close) !== undefined;
    return isBracket && isTail && this.#at.startsQuery(first + 1)
      ? { kind: 'nested', query: this.query({ first: first + 1, end: close - 1 }) }
      : { kind: 'other' };
  }

  #select({ first, end }: TokenRun): TextSelect {
    const clauses = new Map<string, TokenRun>();
    let name = 'items';
    let from = first + 1;
    for (let at = first + 1; at < end; at = this.#at.after(at)) {
      const clause = this.#clauseAt(at);
      if (clause !== undefined) {
        clauses.set(name, { first: from, end: at });
        name = clause;
        from = at + 1;
      }
    }
    clauses.set(name, { first: from, end });
    const items = clauses.get('items') ?? { first: end, end };
    const sources = clauses.get('from');
    return {
      kind: 'select',
      first,
      end,
      items: this.#items(this.#withoutModifiers(items)),
      sources: sources === undefined ? [] : this.#sources(sources),
      groupBy: this.#list(clauses.get('group')),
      orderBy: this.#list(clauses.get('order')),
      windows: clauses.get('window'),
    };
  }

  #withoutModifiers(items: TokenRun): TokenRun {
    let { first } = items;
    if (this.#at.is(first, ALL)) {
      first += 1;
    } else if (this.#at.is(first, DISTINCT)) {
      first = this.#at.is(first + 1, ON) ? this.#at.after(first + 2) : first + 1;
    }
    const word = tokenText(this.#tokens, first).toLowerCase();
    if (word === 'top' || this.#at.is(first, AS)) {
      throw new Unreadable(`SELECT ${word.toUpperCase()}`);
    }
    return { first, end: items.end };
  }

  #items(run: TokenRun): readonly TextItem[] {
    const parts = this.#at.split(run, (at) => isPunctuation(this.#tokens, at, COMMA));
    const last = parts.at(-1);
    const hasOpenEnd = parts.length > 1 && last !== undefined && last.first === last.end;
    return (hasOpenEnd ? parts.slice(0, -1) : parts).map(({ first, end }) => ({
      first,
      end,
      isStar: this.#isStar(first, end),
      comma: isPunctuation(this.#tokens, end, COMMA) && end < run.end ? end : undefined,
    }));
  }

  #isStar(first: number, end: number): boolean {
    let at = first;
    while (at + 1 < end && isPunctuation(this.#tokens, at + 1, DOT)) {
      at += 2;
    }
    return isPunctuation(this.#tokens, at, STAR);
  }

  #sources(run: TokenRun): readonly TextSource[] {
    const starts = [run.first];
    for (let at = run.first; at < run.end; at = this.#at.after(at)) {
      if (isPunctuation(this.#tokens, at, COMMA)) {
        starts.push(at);
      } else if (this.#at.is(at, JOIN)) {
        starts.push(this.#joinStart(at, run.first));
      }
    }
    return starts.map((first, index) =>
      this.#source({ first, end: starts[index + 1] ?? run.end }, index),
    );
  }

  #joinStart(join: number, floor: number): number {
    let at = join;
    while (at - 1 > floor && JOIN_WORDS.has(this.#at.code(at - 1))) {
      at -= 1;
    }
    return at;
  }

  #source(run: TokenRun, index: number): TextSource {
    let at = run.first;
    const words: string[] = [];
    if (index > 0) {
      while (
        at < run.end &&
        (JOIN_WORDS.has(this.#at.code(at)) || isPunctuation(this.#tokens, at, COMMA))
      ) {
        words.push(tokenText(this.#tokens, at).toLowerCase());
        at += 1;
      }
      at += this.#at.is(at, JOIN) ? 1 : 0;
    }
    at += this.#at.is(at, LATERAL) ? 1 : 0;
    const isBracket = isPunctuation(this.#tokens, at, OPEN);
    if (isBracket && !this.#at.startsQuery(at + 1)) {
      throw new Unreadable('joins in brackets');
    }
    const query = isBracket
      ? this.query({ first: at + 1, end: this.#at.after(at) - 1 })
      : undefined;
    return { ...run, join: index === 0 ? 'first' : joinOf(words, this.#hasCondition(run)), query };
  }

  #hasCondition({ first, end }: TokenRun): boolean {
    for (let at = first; at < end; at = this.#at.after(at)) {
      if (this.#at.is(at, ON) || this.#at.is(at, USING)) {
        return true;
      }
    }
    return false;
  }

  #list(run: TokenRun | undefined): TextList | undefined {
    if (run === undefined) {
      return undefined;
    }
    const first = this.#at.is(run.first, BY) ? run.first + 1 : run.first;
    return {
      elements: this.#at.split({ first, end: run.end }, (at) =>
        isPunctuation(this.#tokens, at, COMMA),
      ),
      isAll: this.#at.is(first, ALL),
    };
  }

  #isSetOperator(index: number): boolean {
    return (
      SET_OPERATORS.has(this.#at.code(index)) &&
      !isPunctuation(this.#tokens, index - 1, STAR) &&
      !isPunctuation(this.#tokens, index - 1, DOT)
    );
  }

  #clauseAt(index: number): string | undefined {
    const clause = CLAUSES.get(this.#at.code(index));
    const isName = isPunctuation(this.#tokens, index - 1, DOT) || this.#at.is(index - 1, AS);
    const isComparison =
      clause === 'from' &&
      this.#at.is(index - 1, DISTINCT) &&
      (this.#at.is(index - 2, IS) || this.#at.is(index - 2, NOT));
    return isName || isComparison ? undefined : clause;
  }
}

function joinOf(words: readonly string[], hasCondition: boolean): TextSource['join'] {
  const [only] = words;
  if (only === ',') {
    return 'comma';
  }
  const said = words.filter((word) => word !== 'outer').join(' ');
  if (words.includes('right')) {
    return 'right';
  }
  if (!hasCondition) {
    return 'other';
  }
  return said === '' || said === 'inner' ? 'inner' : said === 'left' ? 'left' : 'other';
}
