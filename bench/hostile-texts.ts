import type { RandomNumbers } from '../src/prove/random-numbers.ts';
import type { DialectName } from '../src/sql/dialect.ts';
import { DIALECT_NAMES } from '../src/sql/dialect.ts';
import type { ParseRequest } from '../src/sql/parse-sql.ts';

const WORDS =
  `select from where group by having order limit join left on using with recursive as union all intersect
  except case when then else end in not and or is null between like exists cast over partition rows interval values insert
  into update set delete merge create table view lateral unnest qualify pivot for |> => -> ->> :: := { } [ ] ( ) , ; . *`.split(
    /\s+/,
  );
const STRANGE = [
  '\u0000',
  '\ud800',
  '\udc00',
  '\uffff',
  '\ufeff',
  '\u00a0',
  '\u2028',
  '\u202e',
  '👤',
  'e\u0301',
  "'",
  '"',
  '`',
  '$$',
  '/*',
  '*/',
  '--',
  '#',
  '\\',
  '\r',
  '\t',
  '{{',
  '}}',
  '{%',
];

function pick<T>(list: readonly T[], dice: RandomNumbers): T | undefined {
  return list[Math.floor(dice() * list.length)];
}

type Mutation = (sql: string, dice: RandomNumbers) => string;

const MUTATIONS: readonly Mutation[] = [
  (sql, dice) => sql.slice(0, cut(sql, dice)),
  (sql, dice) => sql.slice(cut(sql, dice)),
  (sql, dice) => {
    const [from, to] = range(sql, dice);
    return sql.slice(0, from) + sql.slice(to);
  },
  (sql, dice) => {
    const [from, to] = range(sql, dice);
    return (
      sql.slice(0, to) + sql.slice(from, to).repeat(1 + Math.floor(dice() * 4)) + sql.slice(to)
    );
  },
  (sql, dice) => insert(sql, ` ${pick(WORDS, dice) ?? ''} `, dice),
  (sql, dice) => insert(sql, pick(STRANGE, dice) ?? '', dice),
  (sql, dice) => insert(sql, String.fromCharCode(Math.floor(dice() * 65_536)), dice),
  (sql, dice) => {
    const [from, to] = range(sql, dice);
    const depth = Math.floor(dice() * 60);
    return `${sql.slice(0, from)}${'('.repeat(depth)}${sql.slice(from, to)}${')'.repeat(depth)}${sql.slice(to)}`;
  },
  (sql, dice) => {
    const words = sql.split(' ');
    const from = Math.floor(dice() * words.length);
    const to = Math.floor(dice() * words.length);
    const [one, other] = [words[from] ?? '', words[to] ?? ''];
    return words.with(from, other).with(to, one).join(' ');
  },
];

function cut(sql: string, dice: RandomNumbers): number {
  return Math.floor(dice() * sql.length);
}

function range(sql: string, dice: RandomNumbers): readonly [number, number] {
  const from = cut(sql, dice);
  return [from, Math.min(sql.length, from + 1 + Math.floor(dice() * 80))];
}

function insert(sql: string, text: string, dice: RandomNumbers): string {
  const at = cut(sql, dice);
  return sql.slice(0, at) + text + sql.slice(at);
}

/** A real statement, changed in one to five places. */
export function mutated({ sql, dialect }: ParseRequest, dice: RandomNumbers): ParseRequest {
  let text = sql;
  for (let left = 1 + Math.floor(dice() * 5); left > 0 && text !== ''; left -= 1) {
    text = pick(MUTATIONS, dice)?.(text, dice) ?? text;
  }
  return { sql: text, dialect: dice() < 0.9 ? dialect : anyDialect(dice) };
}

function anyDialect(dice: RandomNumbers): DialectName {
  return pick(DIALECT_NAMES, dice) ?? 'generic';
}

/** Texts made to break parsers: deep, long, torn. Each at the size given, from 1 up. */
const HOSTILE: readonly ((size: number) => string)[] = [
  (size) => `select ${'('.repeat(size)}1${')'.repeat(size)}`,
  (size) => `select ${'('.repeat(size)}`,
  (size) => `select ${'f('.repeat(size)}a${')'.repeat(size)} from t`,
  (size) => `select ${'case when a then '.repeat(size)}1${' end'.repeat(size)}`,
  (size) => `${'select * from ('.repeat(size)}select 1${') x'.repeat(size)}`,
  (size) => `${'with a as ('.repeat(size)}select 1${') select * from a'.repeat(size)}`,
  (size) =>
    `select a from t where ${'x in (select b from u where '.repeat(size)}1=1${')'.repeat(size)}`,
  (size) => `select ${'not '.repeat(size)}a`,
  (size) => `select ${'- '.repeat(size)}1`,
  (size) => `select ${Array.from({ length: size }, (_, i) => `c${i}`).join(' + ')} from t`,
  (size) =>
    `select a from t where ${Array.from({ length: size }, (_, i) => `a = ${i}`).join(' or ')}`,
  (size) => `select ${Array.from({ length: size }, () => 'a').join(' || ')} from t`,
  (size) => `select a${'::int'.repeat(size)} from t`,
  (size) => `select a${'[1]'.repeat(size)} from t`,
  (size) => `select a${':b'.repeat(size)} from t`,
  (size) => `select a${'.b'.repeat(size)} from t`,
  (size) => Array.from({ length: size }, () => 'select 1').join(' union all '),
  (size) => Array.from({ length: size }, () => 'select 1').join(';'),
  (size) => `select * from ${Array.from({ length: size }, (_, i) => `t${i}`).join(' join ')}`,
  (size) => `select * from ${Array.from({ length: size }, (_, i) => `t${i}`).join(', ')}`,
  (size) => `select a in (${'1,'.repeat(size * 100)}1) from t`,
  (size) => `insert into t values ${Array.from({ length: size * 20 }, () => "(1,'a')").join(',')}`,
  (size) => `select '${'x'.repeat(size * 500)}'`,
  (size) => `select '${'x'.repeat(size * 500)}`,
  (size) => `select "${'x'.repeat(size * 500)}`,
  (size) => `/*${'/*'.repeat(size)} select 1`,
  (size) => `select $$${'$'.repeat(size)} 1`,
  (size) => `select 1 ${'-- x\n'.repeat(size)}`,
  (size) => `select ${' '.repeat(size * 100)}1 from${'\n'.repeat(size)}`,
  (size) => `from t ${'|> where a '.repeat(size)}`,
  (size) => `from t ${'|> select a '.repeat(size)}`,
  (size) => `select ${'{'.repeat(size)}`,
  (size) => `select array<struct<${'array<struct<'.repeat(size)}int`,
  (size) => `create table t (${Array.from({ length: size }, (_, i) => `c${i} int`).join(',')})`,
  (size) => `select ${'interval '.repeat(size)}'1' day`,
  (size) => `select a between ${'1 and b between '.repeat(size)} 2`,
  (size) => '\ud800'.repeat(size),
  (size) => '\u0000'.repeat(size),
  (size) => `select '${'\ud83d'.repeat(size)}'`,
  (size) => '('.repeat(size * 100),
  (size) => `values ${'1, '.repeat(size)}2 as t(a)`,
  (size) => `select ${'x -> '.repeat(size)}x`,
  (size) => `${'begin '.repeat(size)}select 1`,
];

/** Mostly of a size that must be read or refused at once, seldom of one near the limits. */
const SIZES = [1, 10, 40, 140, 160, 450, 700, 1_000, 5_000];

export function hostile(dice: RandomNumbers): ParseRequest {
  const size = pick(SIZES, dice) ?? 1;
  return { sql: pick(HOSTILE, dice)?.(size) ?? '', dialect: anyDialect(dice) };
}

/** One of each kind, at one size and in one dialect. */
export function hostileOf(size: number, dialect: DialectName): readonly ParseRequest[] {
  return HOSTILE.map((make) => ({ sql: make(size), dialect }));
}
