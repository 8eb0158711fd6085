import { existsSync, globSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseOne } from '../../src/parsers/parse-one.ts';
import { aliasPlaces } from '../../src/sql/alias-places.ts';
import type { Dialect } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import { keyword } from '../../src/sql/keywords.ts';
import { tokenize } from '../../src/sql/lexer.ts';
import { shapeOf } from '../../src/sql/resolve/shape-of.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';
import type { Tokens } from '../../src/sql/tokens.ts';
import {
  CLOSE,
  COMMA,
  isKeyword,
  isPunctuation,
  NUMBER,
  OPEN,
  PUNCTUATION,
  STRING,
  tokenText,
  WORD,
} from '../../src/sql/tokens.ts';

interface Real {
  readonly sql: string;
  readonly dialect: Dialect;
}

/** A token's new text; undefined leaves it. */
type Change = (tokens: Tokens, index: number) => string | undefined;

const corpus = `${process.env['GOLDSMITH_CORPUS'] ?? '../shared/data'}/statements`;
const isThere = existsSync(corpus);
if (!isThere) {
  process.stdout.write(`skipped: no statements at ${corpus}; set GOLDSMITH_CORPUS\n`);
}

/** The statements of every file that a stride hits. */
function realStatements(stride: number): readonly Real[] {
  return globSync(`${corpus}/*.jsonl.gz`)
    .toSorted()
    .flatMap((path) => gunzipSync(readFileSync(path)).toString('utf8').split('\n'))
    .filter((line, index) => line !== '' && index % stride === 3)
    .map((line) => JSON.parse(line) as { readonly dialect: string; readonly sql: string })
    .map(({ dialect, sql }) => ({ dialect: dialectOf(dialect), sql }))
    .filter(({ sql }) => sql.length < 20_000);
}

/** The text with the tokens a change speaks of written otherwise, at most one of them or all; undefined where it speaks of none. */
function changed({ sql, dialect }: Real, change: Change, which: 'one' | 'all'): string | undefined {
  const tokens = tokenize(sql, dialect.lexical);
  let text = '';
  let at = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const now = change(tokens, index);
    if (now !== undefined) {
      text += sql.slice(at, tokens.starts[index]) + now;
      at = tokens.ends[index] ?? at;
      if (which === 'one') {
        break;
      }
    }
  }
  return at === 0 ? undefined : text + sql.slice(at);
}

const AND = keyword('and');
const BETWEEN = keyword('between');
const DATE_PARTS = /^date_trunc$|^datetime_trunc$|^timestamp_trunc$/i;
const COMPARISONS = new Set(['=', '<', '>', '<=', '>=', '<>', '!=']);

function operatorAt(tokens: Tokens, index: number): string {
  return tokens.kinds[index] === PUNCTUATION ? tokenText(tokens, index) : '';
}

/** A literal that is compared with something, and is all there is on its side. */
function isCompared(tokens: Tokens, index: number): boolean {
  const next = index + 1;
  const ends =
    next >= tokens.count || isKeyword(tokens, next, AND) || isPunctuation(tokens, next, CLOSE);
  return (
    COMPARISONS.has(operatorAt(tokens, index - 1)) && ends && !isKeyword(tokens, index - 3, BETWEEN)
  );
}

function otherLiteral(tokens: Tokens, index: number): string | undefined {
  if (!isCompared(tokens, index)) {
    return undefined;
  }
  const isPlain = /^'[^'\\]*'$/.test(tokenText(tokens, index));
  if (tokens.kinds[index] === STRING && isPlain) {
    return "'another 94 71'";
  }
  return tokens.kinds[index] === NUMBER && /^\d+$/.test(tokenText(tokens, index))
    ? '947153'
    : undefined;
}

function otherCase(tokens: Tokens, index: number): string | undefined {
  const isWord = tokens.kinds[index] === WORD && (tokens.codes[index] ?? 0) !== 0;
  const text = tokenText(tokens, index);
  return isWord
    ? text === text.toUpperCase()
      ? text.toLowerCase()
      : text.toUpperCase()
    : undefined;
}

/** `in (1, 2)` becomes `in (1, 1, 1, 2)`, where there is nothing but literals in it. */
function longerList(tokens: Tokens, index: number): string | undefined {
  const isFirst =
    isPunctuation(tokens, index - 1, OPEN) && isKeyword(tokens, index - 2, keyword('in'));
  let end = index;
  while (isFirst && isLiteral(tokens, end) && isPunctuation(tokens, end + 1, COMMA)) {
    end += 2;
  }
  const isWhole = isFirst && isLiteral(tokens, end) && isPunctuation(tokens, end + 1, CLOSE);
  const text = tokenText(tokens, index);
  return isWhole ? `${text}, ${text}, ${text}` : undefined;
}

function isLiteral(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === STRING || tokens.kinds[index] === NUMBER;
}

function isPivot({ sql }: Real): boolean {
  return /\bpivot\b/i.test(sql);
}

/** Where what is inside has other rules: text of a template, of a procedure, of a hint. */
function isPlainSql({ sql }: Real): boolean {
  return (
    /^\s*(select|with|insert|create|update|delete|merge)\b/i.test(sql) && !/\$\$|\{\{|\{%/.test(sql)
  );
}

function unlike(reals: readonly Real[], change: Change): readonly string[] {
  return reals.flatMap((real) => {
    const text = changed(real, change, 'all');
    const isSame =
      text === undefined ||
      fingerprint(text, real.dialect).normalForm === fingerprint(real.sql, real.dialect).normalForm;
    return isSame ? [] : [text];
  });
}

function alike(reals: readonly Real[], change: Change): readonly string[] {
  return reals.flatMap((real) => {
    const text = changed(real, change, 'one');
    const isOther =
      text === undefined ||
      fingerprint(text, real.dialect).normalForm !== fingerprint(real.sql, real.dialect).normalForm;
    return isOther ? [] : [text];
  });
}

describe.runIf(isThere)('the fingerprint of a real statement', () => {
  const reals = realStatements(7).filter(isPlainSql);

  it.each([
    ['compared literals', otherLiteral],
    ['the case of keywords', otherCase],
  ] as const)('does not see %s', (_what, change) => {
    expect(unlike(reals, change)).toEqual([]);
  });

  it('does not see the length of a list of literals', () => {
    const lists = reals.filter((real) => !isPivot(real));

    expect(unlike(lists, longerList)).toEqual([]);
  });

  it('does not see the names of its aliases, and no alias it is blind to means anything', async () => {
    const differently: string[] = [];
    let count = 0;
    for (const real of realStatements(29)) {
      const tokens = tokenize(real.sql, real.dialect.lexical);
      const places = aliasPlaces(tokens, real.dialect);
      if (places === undefined) {
        continue;
      }
      const renamed = changed(
        real,
        (_tokens, index) => {
          const number = places.numbers[places.indexes.indexOf(index)];
          return number === undefined ? undefined : `Other_${number}_name`;
        },
        'all',
      );
      const [before, after] = [real.sql, renamed ?? ''].map(
        (sql) => fingerprint(sql, real.dialect).fingerprint,
      );
      const [meant, means] = await Promise.all([
        meaningOf(real),
        meaningOf({ ...real, sql: renamed ?? '' }),
      ]);
      count += meant === undefined ? 0 : 1;
      if (before !== after || meant !== means) {
        differently.push(real.sql);
      }
    }

    expect(differently).toEqual([]);
    expect(count).toBeGreaterThan(30);
  });

  it.each([
    [
      'the part a date is cut to',
      (tokens: Tokens, index: number) =>
        isPunctuation(tokens, index - 1, OPEN) && DATE_PARTS.test(tokenText(tokens, index - 2))
          ? /^'(month|day|year|week|hour|quarter)'$/i.test(tokenText(tokens, index))
            ? "'decade'"
            : undefined
          : undefined,
    ],
    [
      'the unit of an interval',
      (tokens: Tokens, index: number) => {
        const isUnit = /^(day|month|year|hour|week|minute)$/i.test(tokenText(tokens, index));
        return isUnit && isKeyword(tokens, index - 2, keyword('interval')) ? 'second' : undefined;
      },
    ],
    [
      'a LIMIT',
      (tokens: Tokens, index: number) =>
        isKeyword(tokens, index - 1, keyword('limit')) && tokens.kinds[index] === NUMBER
          ? '31'
          : undefined,
    ],
    [
      'an operator',
      (tokens: Tokens, index: number) =>
        operatorAt(tokens, index) === '<'
          ? '>='
          : operatorAt(tokens, index) === '='
            ? '<'
            : undefined,
    ],
    [
      'a path into JSON',
      (tokens: Tokens, index: number) =>
        ['->', '->>', '#>', '#>>'].includes(operatorAt(tokens, index - 1)) &&
        /^'[a-z_]+'$/.test(tokenText(tokens, index))
          ? "'elsewhere'"
          : undefined,
    ],
    [
      'a column or a table',
      (tokens: Tokens, index: number) => {
        const isName = tokens.kinds[index] === WORD && tokens.codes[index] === 0;
        return isName && operatorAt(tokens, index - 1) === '.' ? 'something_else' : undefined;
      },
    ],
  ] as const)('sees %s', (_what, change) => {
    expect(alike(reals, change)).toEqual([]);
    expect(
      reals.filter((real) => changed(real, change, 'one') !== undefined).length,
    ).toBeGreaterThan(3);
  });
});

/** What a template knows of a statement; undefined where no reader takes it. */
async function meaningOf({ sql, dialect }: Real): Promise<string | undefined> {
  const outcome = await parseOne({ sql, dialect: dialect.name, hasRun: true });
  const statement = outcome.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    return undefined;
  }
  const schema = indexSchema({ relations: [] }, dialect);
  const reader = outcome.kind === 'parsed' ? outcome.reader : 'tokens';
  const shape = shapeOf({ statement, reader, context: { schema, names: {}, dialect } });
  const { relations, columns, joins, lineage, notUnderstood, query } = shape;
  return JSON.stringify([relations, columns, joins, lineage, notUnderstood, query?.outputs]);
}
