import { aliasPlaces } from './alias-places.ts';
import type { Dialect } from './dialect.ts';
import type { Level } from './fold-literal.ts';
import {
  foldedNumber,
  foldedString,
  keepsList,
  mayKeepNumber,
  mayKeepString,
} from './fold-literal.ts';
import { foldedQuoted, isFolded } from './fold-name.ts';
import { FormWriter } from './form-writer.ts';
import type { KeptArguments } from './kept-literals.ts';
import { KEEPS_NOTHING, KEEPS_SIZES, keptArgumentsOf } from './kept-literals.ts';
import { keyword } from './keywords.ts';
import type { LiteralLists } from './literal-list.ts';
import { literalLists } from './literal-list.ts';
import { endsArgument, opensListArgument } from './literal-places.ts';
import { isPivoted } from './pivot-list.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  DOUBLE_COLON,
  isKeyword,
  isPunctuation,
  isSubscript,
  NOT_EQUAL,
  NUMBER,
  OPEN,
  OPEN_BRACKET,
  PARAMETER,
  PUNCTUATION,
  QUOTED,
  SEMICOLON,
  STRING,
  tokenText,
  WORD,
} from './tokens.ts';

const AS = keyword('as');
const BY = keyword('by');
const FULL = keyword('full');
const GROUP = keyword('group');
const IN = keyword('in');
const INNER = keyword('inner');
const JOIN = keyword('join');
const LEFT = keyword('left');
const OFFSET = keyword('offset');
const ORDER = keyword('order');
const OUTER = keyword('outer');
const PIVOT = keyword('pivot');
const RIGHT = keyword('right');
const VALUES = keyword('values');

/** Clauses that end a GROUP BY or ORDER BY list of the same bracket. */
const LIST_ENDERS = new Set(
  'select from where having limit offset fetch window qualify union intersect except minus rows range groups'
    .split(' ')
    .map(keyword),
);

/** Keywords that are also names of functions. */
const CALLABLE = new Set(
  'if range row replace insert array first any list get datetime left right'
    .split(' ')
    .map(keyword),
);

export interface NormalFormOptions {
  /**
   * Told the index of each literal that stands where some literals are kept: texts that differ in none of these have one
   * normal form.
   */
  readonly onPlace?: (index: number) => void;
}

const MAKES_COLUMNS = { ...KEEPS_NOTHING, paths: true, numbers: true };

/**
 * The text two executions of one template share. Comments, layout and the case of unquoted names are gone, quotes too where
 * they change nothing; `as` before a plain alias, `inner`, `outer` and `!=` are folded; literals and parameters are `?`, lists of
 * literals one `?`. Kept are literals that change the shape (`kept-literals.ts`), LIMIT counts, ordinals and frames.
 * Aliases of tables that name nothing else are numbered: `__1`, `__2` (`alias-places.ts`).
 */
export function normalFormOf(
  tokens: Tokens,
  dialect: Dialect,
  { onPlace }: NormalFormOptions = {},
): string {
  const { kinds, codes } = tokens;
  const count = countWithoutEnd(tokens);
  const form = new FormWriter(tokens);
  let level: Level = { isCall: false, kept: KEEPS_NOTHING, inByList: false };
  const levels: Level[] = [level];
  const lists = literalLists(tokens);
  const aliases = aliasPlaces(tokens, dialect);
  let hasPivot = false;
  let nextAlias = 0;
  let aliasIndex = aliases?.indexes[0] ?? -1;
  let index = 0;

  while (index < count) {
    const kind = kinds[index];
    const code = codes[index] ?? 0;
    let piece: string | undefined;
    let next = index + 1;

    if (index === aliasIndex) {
      piece = `__${aliases?.numbers[nextAlias]}`;
      nextAlias += 1;
      aliasIndex = aliases?.indexes[nextAlias] ?? -1;
    } else if (kind === WORD) {
      if (code !== 0 && isNoise(tokens, index)) {
        index += 1;
        continue;
      }
      hasPivot ||= code === PIVOT;
      if (code === BY) {
        level.inByList = isAfterGroupOrOrder(tokens, index);
      } else if (code !== 0 && level.inByList && LIST_ENDERS.has(code)) {
        level.inByList = false;
      }
    } else if (kind === PUNCTUATION) {
      if (code === OPEN || code === OPEN_BRACKET) {
        const makesColumns = isPivoted(tokens, index, hasPivot);
        const kept = makesColumns
          ? MAKES_COLUMNS
          : keptOfList(tokens, index, { level, lists, onPlace });
        const end = kept === undefined ? collapsibleEnd(tokens, index, lists) : -1;
        if (kept !== undefined) {
          level = { isCall: true, kept, inByList: false };
          levels.push(level);
        } else if (end !== -1) {
          piece = code === OPEN ? '(?)' : '[?]';
          next = end;
        } else {
          level = levelAt(tokens, index, level);
          levels.push(level);
        }
      } else if ((code === CLOSE || code === CLOSE_BRACKET) && levels.length > 1) {
        levels.pop();
        level = levels.at(-1) ?? level;
      } else if (code === NOT_EQUAL) {
        piece = '<>';
      }
    } else if (kind === PARAMETER) {
      piece = '?';
    } else if (kind === STRING) {
      piece = foldedString(tokens, index, level);
    } else if (kind === NUMBER) {
      piece = foldedNumber(tokens, index, level);
    } else {
      piece = foldedQuoted(tokens, index, dialect);
    }

    if (onPlace !== undefined && mayKeepLiteral(tokens, index, level)) {
      onPlace(index);
    }
    if (index > 0 && isSpaced(tokens, index)) {
      form.space();
    }
    if (piece === undefined) {
      form.token(index, isFolded(tokens, index, dialect));
    } else {
      form.text(piece);
    }
    index = next;
  }
  return form.end();
}

function mayKeepLiteral(tokens: Tokens, index: number, level: Level): boolean {
  const kind = tokens.kinds[index];
  return (
    (kind === STRING && mayKeepString(tokens, index, level)) ||
    (kind === NUMBER && mayKeepNumber(tokens, index, level))
  );
}

interface ListParts {
  readonly level: Level;
  readonly lists: LiteralLists;
  readonly onPlace: NormalFormOptions['onPlace'] | undefined;
}

/** What the list of literals that begins here keeps, where it is an argument that stays as it is; where it goes, all in it stand where some stay. */
function keptOfList(
  tokens: Tokens,
  open: number,
  { level, lists, onPlace }: ListParts,
): KeptArguments | undefined {
  if (!level.isCall || level.kept === KEEPS_NOTHING || !opensListArgument(tokens, open)) {
    return undefined;
  }
  const end = lists.endOf(open);
  if (end === -1 || !endsArgument(tokens, end)) {
    return undefined;
  }
  if (keepsList(tokens, { open, end, kept: level.kept })) {
    return level.kept;
  }
  for (let index = open; onPlace !== undefined && index < end; index += 1) {
    onPlace(index);
  }
  return undefined;
}

/** A call's bracket keeps what its function keeps; a bracket that is an argument itself keeps what its call does. */
function levelAt(tokens: Tokens, index: number, outer: Level): Level {
  if (tokens.codes[index] !== OPEN || index === 0) {
    return { isCall: false, kept: KEEPS_NOTHING, inByList: false };
  }
  if (tokens.kinds[index - 1] === WORD) {
    const kept = keptAfterWord(tokens, index - 1);
    const isCall =
      tokens.codes[index - 1] === 0 ||
      kept !== KEEPS_NOTHING ||
      CALLABLE.has(tokens.codes[index - 1] ?? 0);
    return { isCall, kept, inByList: false };
  }
  const isArgument =
    isPunctuation(tokens, index - 1, OPEN) || isPunctuation(tokens, index - 1, COMMA);
  return { isCall: false, kept: isArgument ? outer.kept : KEEPS_NOTHING, inByList: false };
}

/** OFFSET takes a place in brackets alone, `x[offset(1)]`; after LIMIT it skips rows. What a type is followed by is its size. */
function keptAfterWord(tokens: Tokens, index: number): KeptArguments {
  const isType = isPunctuation(tokens, index - 1, DOUBLE_COLON) || isKeyword(tokens, index - 1, AS);
  if (isType && tokens.codes[index] === 0) {
    return KEEPS_SIZES;
  }
  const isPage =
    isKeyword(tokens, index, OFFSET) && !isPunctuation(tokens, index - 1, OPEN_BRACKET);
  return isPage ? KEEPS_NOTHING : keptArgumentsOf(tokenText(tokens, index).toLowerCase());
}

/** Without the semicolons that end the text. */
function countWithoutEnd(tokens: Tokens): number {
  let count = tokens.count;
  while (count > 0 && isPunctuation(tokens, count - 1, SEMICOLON)) {
    count -= 1;
  }
  return count;
}

/** `as` before a plain alias, `inner` before JOIN, `outer` after LEFT, RIGHT or FULL. */
function isNoise(tokens: Tokens, index: number): boolean {
  const code = tokens.codes[index];
  if (code === AS) {
    const next = tokens.kinds[index + 1];
    return next === QUOTED || (next === WORD && tokens.codes[index + 1] === 0);
  }
  if (code === INNER) {
    return isKeyword(tokens, index + 1, JOIN);
  }
  return (
    code === OUTER &&
    index > 0 &&
    [LEFT, RIGHT, FULL].some((side) => isKeyword(tokens, index - 1, side))
  );
}

function isAfterGroupOrOrder(tokens: Tokens, index: number): boolean {
  return index > 0 && (isKeyword(tokens, index - 1, GROUP) || isKeyword(tokens, index - 1, ORDER));
}

/** The end of a list of literals after IN or VALUES, or of an array that is no subscript; -1 for other brackets. */
function collapsibleEnd(tokens: Tokens, index: number, lists: LiteralLists): number {
  if (tokens.codes[index] === OPEN_BRACKET) {
    return isSubscript(tokens, index) ? -1 : lists.endOf(index);
  }
  if (index === 0 || tokens.kinds[index - 1] !== WORD) {
    return -1;
  }
  const before = tokens.codes[index - 1];
  if (before === IN) {
    return lists.endOf(index);
  }
  return before === VALUES ? lists.endOfRows(index) : -1;
}

function isSpaced(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  const code = tokens.codes[index];
  const beforeKind = tokens.kinds[index - 1];
  const beforeCode = tokens.codes[index - 1];
  if (
    beforeKind === PUNCTUATION &&
    (beforeCode === OPEN ||
      beforeCode === DOT ||
      beforeCode === OPEN_BRACKET ||
      beforeCode === DOUBLE_COLON)
  ) {
    return false;
  }
  if (kind !== PUNCTUATION) {
    return true;
  }
  if (code === OPEN) {
    return !(beforeKind === QUOTED || (beforeKind === WORD && beforeCode === 0));
  }
  if (code === OPEN_BRACKET) {
    return !isSubscript(tokens, index);
  }
  return !(
    code === COMMA ||
    code === CLOSE ||
    code === DOT ||
    code === SEMICOLON ||
    code === CLOSE_BRACKET ||
    code === DOUBLE_COLON
  );
}
