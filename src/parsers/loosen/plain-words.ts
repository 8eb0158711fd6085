import { bracketPairs } from '../../sql/bracket-pairs.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { isAnyName } from '../../sql/table-aliases.ts';
import type { Tokens } from '../../sql/tokens.ts';
import {
  CLOSE,
  COMMA,
  CONCAT,
  DOT,
  isPunctuation,
  NUMBER,
  OPEN,
  PARAMETER,
  PUNCTUATION,
  STRING,
  tokenText,
  WORD,
} from '../../sql/tokens.ts';
import { areWords, isSign, openEdits, wordAt } from './edits.ts';
import type { Looser } from './looser.ts';
import { tableOfItsKind, tableWord } from './table-words.ts';
import type { Place, WordRule } from './word-rule.ts';

const WORD_RULES: ReadonlyMap<string, WordRule> = new Map([
  ['identifier', namedByText],
  ['timestamp_ltz', typedText],
  ['timestamp_ntz', typedText],
  ['max', recursionLevel],
  ['table', tableWord],
  ['stream', streamOfFunction],
  ['as', replicaOf],
  ['into', intoVariables],
  ['semantic_view', tableOfItsKind('a semantic view')],
  ['graph_table', tableOfItsKind('a graph')],
  ['unpivot', namesOfUnpivot],
  ['except', nestedFields],
  ['subset', subsetOfRows],
  ['vector', vectorType],
]);

const WORDY: ReadonlySet<Dialect['name']> = new Set([
  'spark',
  'databricks',
  'bigquery',
  'snowflake',
  'trino',
]);

/** Words and signs that one warehouse alone knows, put as the grammars know them. */
export function plainWords(tokens: Tokens, dialect: Dialect): Looser | undefined {
  if (!WORDY.has(dialect.name)) {
    return undefined;
  }
  const edits = openEdits(tokens);
  const closers = bracketPairs(tokens);
  for (let at = 0; at < tokens.count; at += 1) {
    const place: Place = { tokens, dialect: dialect.name, at, edits, closers };
    const rule = tokens.kinds[at] === WORD ? WORD_RULES.get(wordAt(tokens, at)) : undefined;
    const next = rule?.(place) ?? parameter(place) ?? tripleShift(place) ?? notSign(place);
    at = next === undefined ? at : next - 1;
  }
  return edits.done();
}

/** `IDENTIFIER('a' || '.b')`: a name written as text; one of parameters stays as it is. */
function namedByText({ tokens, at, edits, closers }: Place): number | undefined {
  const close = closers[at + 1] ?? tokens.count;
  if (!isPunctuation(tokens, at + 1, OPEN) || close >= tokens.count) {
    return undefined;
  }
  let name = '';
  for (let inner = at + 2; inner < close; inner += 1) {
    const isOdd = (inner - at) % 2 === 1;
    if (isOdd ? !isPunctuation(tokens, inner, CONCAT) : tokens.kinds[inner] !== STRING) {
      return undefined;
    }
    name += isOdd ? '' : tokenText(tokens, inner).slice(1, -1);
  }
  if (!/^[\w`]+(\.[\w`]+)*$/.test(name)) {
    return undefined;
  }
  edits.replace(at, close + 1, name);
  return close + 1;
}

/** `UNPIVOT (v FOR n IN (a, b other_name))`: no grammar knows the name without its AS. */
function namesOfUnpivot({ tokens, at, edits, closers }: Place): number | undefined {
  let list = at + 1;
  while (list < tokens.count && !(areWords(tokens, list, 'in') && isSign(tokens, list + 1, '('))) {
    list += 1;
  }
  const close = closers[list + 1] ?? tokens.count;
  let next: number | undefined;
  for (let index = list + 3; index < close; index += 1) {
    const isFirst = isSign(tokens, index - 2, ',') || isSign(tokens, index - 2, '(');
    if (isFirst && isAnyName(tokens, index - 1) && isAnyName(tokens, index)) {
      if (!areWords(tokens, index, 'as')) {
        edits.replace(index, index + 1, `as ${tokenText(tokens, index)}`);
        next = index + 1;
      }
    }
  }
  return next;
}

/** `timestamp_ltz'2026-01-01'`. */
function typedText({ tokens, at, edits }: Place): number | undefined {
  if (tokens.kinds[at + 1] !== STRING) {
    return undefined;
  }
  edits.replace(at, at + 2, `cast(${tokenText(tokens, at + 1)} as ${tokenText(tokens, at)})`);
  return at + 2;
}

/** `WITH RECURSIVE r MAX RECURSION LEVEL 100 AS (...)`. */
function recursionLevel({ tokens, at, edits }: Place): number | undefined {
  if (!areWords(tokens, at, 'max recursion level') || tokens.kinds[at + 3] !== NUMBER) {
    return undefined;
  }
  edits.replace(at, at + 4, '');
  edits.leaveOut('a recursion of limited depth');
  return at + 4;
}

/** `FROM STREAM read_files(...)`. */
function streamOfFunction({ tokens, at, edits }: Place): number | undefined {
  const isName = tokens.kinds[at + 1] === WORD && wordAt(tokens, at - 1) === 'from';
  if (!isName || isPunctuation(tokens, at + 1, OPEN) || wordAt(tokens, at + 1) === 'as') {
    return undefined;
  }
  edits.replace(at, at + 1, '');
  edits.leaveOut('a stream');
  return at + 1;
}

/** `CREATE MATERIALIZED VIEW v AS REPLICA OF w`. */
function replicaOf({ tokens, at, edits }: Place): number | undefined {
  if (!areWords(tokens, at + 1, 'replica of')) {
    return undefined;
  }
  edits.replace(at + 1, at + 3, 'select * from');
  return at + 3;
}

/** Snowflake's `SELECT a INTO :x FROM t`: where the answer goes says nothing of what is read. */
function intoVariables({ tokens, at, edits }: Place): number | undefined {
  let end = at + 1;
  while (tokens.kinds[end] === PARAMETER) {
    end = isPunctuation(tokens, end + 1, COMMA) ? end + 2 : end + 1;
  }
  if (end === at + 1) {
    return undefined;
  }
  edits.replace(at, end, '');
  return end;
}

/** `* EXCEPT (a.b.c)`: a field of a field. */
function nestedFields({ tokens, at, edits, closers }: Place): number | undefined {
  const close = closers[at + 1] ?? tokens.count;
  const isOfStar = isSign(tokens, at - 1, '*') && isPunctuation(tokens, at + 1, OPEN);
  const isNested = isPunctuation(tokens, at + 3, DOT) && isPunctuation(tokens, at + 5, DOT);
  if (!isOfStar || !isNested || close >= tokens.count) {
    return undefined;
  }
  edits.replace(at, close + 1, '');
  edits.leaveOut('fields left out of a star');
  return close + 1;
}

/** MATCH_RECOGNIZE's `SUBSET u = (a, b)`. */
function subsetOfRows({ tokens, at, edits, closers }: Place): number | undefined {
  const close = closers[at + 3] ?? tokens.count;
  if (
    !isSign(tokens, at + 2, '=') ||
    !isPunctuation(tokens, at + 3, OPEN) ||
    close >= tokens.count
  ) {
    return undefined;
  }
  edits.replace(at, close + 1, '');
  return close + 1;
}

/** `VECTOR(FLOAT, 256)`: a type with a length. */
function vectorType({ tokens, at, edits }: Place): number | undefined {
  const isType =
    isPunctuation(tokens, at + 1, OPEN) &&
    isPunctuation(tokens, at + 3, COMMA) &&
    tokens.kinds[at + 4] === NUMBER &&
    isPunctuation(tokens, at + 5, CLOSE);
  if (!isType) {
    return undefined;
  }
  edits.replace(at, at + 6, 'array');
  edits.leaveOut('a vector type');
  return at + 6;
}

/** Spark's `!a` and `is ! null`. */
function notSign({ tokens, dialect, at, edits }: Place): number | undefined {
  if (!isSign(tokens, at, '!') || (dialect !== 'spark' && dialect !== 'databricks')) {
    return undefined;
  }
  edits.replace(at, at + 1, ' not ');
  return at + 1;
}

/** `${catalog}.t`: the name that a pipeline puts there is not known. */
function parameter({ tokens, at, edits }: Place): number | undefined {
  const text = tokens.sql.slice(tokens.starts[at], tokens.ends[at + 3]);
  const [whole, name] = /^\$\{(\w+)\}/.exec(text) ?? [];
  if (whole === undefined || name === undefined) {
    return undefined;
  }
  let end = at;
  while (end < tokens.count && !isSign(tokens, end, '}')) {
    end += 1;
  }
  edits.replace(at, end + 1, name);
  edits.leaveOut('a parameter of a pipeline');
  return end + 1;
}

/** Spark's shift without sign. */
function tripleShift({ tokens, at, edits }: Place): number | undefined {
  const start = tokens.starts[at] ?? 0;
  const isShift =
    tokens.kinds[at] === PUNCTUATION &&
    tokens.sql.startsWith('>>> ', start) &&
    tokens.kinds[at + 3] === NUMBER;
  if (!isShift) {
    return undefined;
  }
  edits.replace(at, at + 3, '>>');
  edits.leaveOut('a shift without sign');
  return at + 3;
}
