/** A part of a model's source, with offsets into it; together the pieces are the whole text. */
export interface Piece {
  readonly kind:
    | 'text'
    /** `{{ ... }}` */
    | 'expression'
    /** A tag that stands by itself: `{% set x = 1 %}`, `{% do ... %}`. */
    | 'statement'
    /** From an opening tag to the one that closes it: `{% if %} ... {% endif %}`, loops, macros, captured text. */
    | 'block'
    /** `{# ... #}` */
    | 'comment';
  readonly start: number;
  readonly end: number;
  /** What stands between the brackets; of a block, of its opening tag; of a text, the text as Jinja gives it out. */
  readonly code: string;
  /** Of a block: how many ways there are through it, `else` and `elif` each one more. */
  readonly branches: number;
  /** Of a text: how many of its characters a tag before it took away. */
  readonly lost: number;
  /** `{%-`: blanks before it are taken away. */
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}

/** Tags that need an end; what stands between is given out never, once or often. */
const OPENS =
  /^(if|for|macro|call|filter|block|test|snapshot|materialization|trans|with|autoescape)\b/;
/** `{% set x %}...{% endset %}` captures; `{% set x = 1 %}` stands by itself. */
const CAPTURES = /^set\b(?![^]*=)/;

/**
 * Cuts a model's source into text and Jinja. Undefined where a tag never ends or closes what was not opened: then nobody
 * but Jinja can say what the file means.
 */
export function jinjaPieces(source: string): readonly Piece[] | undefined {
  const flat = flatPieces(source);
  return flat === undefined ? undefined : nested(source, flat);
}

function flatPieces(source: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < source.length) {
    const open = nextOpen(source, at);
    if (open > at) {
      pieces.push(textPiece(source, at, open));
    }
    if (open === source.length) {
      break;
    }
    const tag = tagAt(source, open);
    if (tag === undefined) {
      return undefined;
    }
    if (tag.kind === 'statement' && tag.code === 'raw') {
      const close = /\{%[-+]?\s*endraw\s*[-+]?%\}/.exec(source.slice(tag.end));
      if (close === null) {
        return undefined;
      }
      const inner = source.slice(tag.end, tag.end + close.index);
      const end = tag.end + close.index + close[0].length;
      pieces.push({ ...tag, end: tag.end }, textPiece(source, tag.end, tag.end + inner.length));
      pieces.push({ ...tag, start: tag.end + inner.length, end, code: 'endraw' });
      at = end;
      continue;
    }
    pieces.push(tag);
    at = tag.end;
  }
  return pieces;
}

function nextOpen(source: string, from: number): number {
  const found = /\{[{%#]/g;
  found.lastIndex = from;
  return found.exec(source)?.index ?? source.length;
}

function textPiece(source: string, start: number, end: number): Piece {
  return {
    kind: 'text',
    start,
    end,
    code: source.slice(start, end),
    branches: 1,
    lost: 0,
    trimsBefore: false,
    trimsAfter: false,
  };
}

const KINDS = { '{': 'expression', '%': 'statement', '#': 'comment' } as const;

function tagAt(source: string, start: number): Piece | undefined {
  const mark = source[start + 1];
  const close = mark === '{' ? '}}' : mark === '%' ? '%}' : '#}';
  const kind = KINDS[mark === '{' || mark === '%' ? mark : '#'];
  const inside = start + 2;
  const end = kind === 'comment' ? source.indexOf(close, inside) : endOfCode(source, inside, close);
  if (end === -1) {
    return undefined;
  }
  const raw = source.slice(inside, end);
  return {
    kind,
    start,
    end: end + close.length,
    code: raw.replace(/^[-+]/, '').replace(/[-+]$/, '').trim(),
    branches: 1,
    lost: 0,
    trimsBefore: raw.startsWith('-'),
    trimsAfter: raw.endsWith('-') && raw.length > 1,
  };
}

/** The closing bracket that is in no string; -1 where there is none. */
function endOfCode(source: string, from: number, close: string): number {
  let quote = '';
  let braces = 0;
  for (let at = from; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (quote !== '') {
      if (char === '\\') {
        at += 1;
      } else if (char === quote) {
        quote = '';
      }
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (braces === 0 && source.startsWith(close, at)) {
      return at;
    } else if (char === '{') {
      braces += 1;
    } else if (char === '}' && braces > 0) {
      braces -= 1;
    }
  }
  return -1;
}

/** Puts everything from an opening tag to its end into one piece. */
function nested(source: string, flat: readonly Piece[]): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  const open: Piece[] = [];
  let branches = 1;
  for (const piece of flat) {
    if (piece.kind === 'statement' && /^(else|elif)\b/.test(piece.code)) {
      branches += 1;
      continue;
    }
    if (piece.kind === 'statement' && (OPENS.test(piece.code) || CAPTURES.test(piece.code))) {
      open.push(piece);
      continue;
    }
    if (piece.kind === 'statement' && /^end(?!raw)/.test(piece.code)) {
      const opener = open.pop();
      if (opener === undefined) {
        return undefined;
      }
      if (open.length === 0) {
        const { end, trimsAfter } = piece;
        pieces.push({ ...opener, kind: 'block', end, trimsAfter, branches });
        branches = 1;
      }
      continue;
    }
    if (open.length === 0) {
      pieces.push(piece);
    }
  }
  return open.length > 0 ? undefined : trimmed(source, pieces);
}

/** The texts as Jinja gives them out: without the blanks that the tags beside them take away. */
function trimmed(source: string, pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece, at) => {
    if (piece.kind !== 'text') {
      return piece;
    }
    let code = source.slice(piece.start, piece.end);
    code = pieces[at + 1]?.trimsBefore === true ? code.trimEnd() : code;
    const left = pieces[at - 1]?.trimsAfter === true ? code.trimStart() : code;
    return { ...piece, code: left, lost: code.length - left.length };
  });
}
