import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { keptMacros, macroOf, readMacroText } from '../../src/sql/read-macro.ts';
import { parse } from './match/ask.ts';

const duckdb = dialectOf('duckdb');

async function macroIn(text: string) {
  const macro = readMacroText(text, duckdb);
  const [outcome] =
    macro === undefined ? [] : await parse([{ sql: macro.query, dialect: 'duckdb' }]);
  const [statement] = outcome?.kind === 'parsed' ? outcome.statements : [];
  return macro === undefined || statement?.kind !== 'query'
    ? undefined
    : macroOf(macro, statement.query);
}

describe('readMacroText', () => {
  it.each([
    [
      'create macro Net(Total, rate) as total * (1 - rate);',
      'net',
      ['total', 'rate'],
      'select total * (1 - rate)',
    ],
    ['create or replace temp function f() as 1', 'f', [], 'select 1'],
    ['-- why\ncreate macro if not exists "F"(x) as (x + 1)', 'f', ['x'], 'select (x + 1)'],
  ])('takes apart %s', (text, name, parameters, query) => {
    expect(readMacroText(text, duckdb)).toEqual({ name, parameters, query, text });
  });

  it.each([
    'create macro f(x) as table select x',
    'create macro f(x, y := 3) as x + y',
    'create function f(x int64) as (x + 1)',
    'create macro main.f(x) as x',
    'create table macro (x int)',
    'create macro f(x, x) as x',
    'select macro(x)',
  ])('passes over %s', (text) => {
    expect(readMacroText(text, duckdb)).toBeUndefined();
  });
});

describe('macroOf', () => {
  it('keeps a body of parameters and constants alone', async () => {
    expect(await macroIn('create macro f(x) as coalesce(X, 0) + 1')).toMatchObject({
      name: 'f',
      body: { kind: 'binary', op: '+' },
    });
  });

  it.each([
    'create macro f(x) as x + other',
    'create macro f(x) as x.y',
    'create macro f(x) as (select max(a) from t)',
    'create macro f(x) as x in (select a from t)',
    'create macro f(x) as sum(x) over ()',
    'create macro f(x) as list_transform(x, x -> x + 1)',
    'create macro f(x) as x where x > 1',
    'create macro f(x) as x, 2',
    'create macro f(x) as x order by 1',
    'create macro f(x) as $1 + x',
  ])('keeps none that reads more: %s', async (text) => {
    expect(await macroIn(text)).toBeUndefined();
  });
});

describe('keptMacros', () => {
  it('keeps what replaces an earlier one, none where that is unclear, and none that reaches itself', async () => {
    const texts = [
      'create macro f(x) as x + 1',
      'create or replace macro f(x) as x + 2',
      'create macro g(x) as f(x) * 2',
      'create macro h(x) as k(x)',
      'create macro k(x) as h(x)',
      'create macro n(x) as x',
      'create macro if not exists n(x) as x + 1',
    ];
    const macros = (await Promise.all(texts.map(macroIn))).flatMap((macro) => macro ?? []);

    expect(keptMacros(macros).map(({ name, text }) => [name, text])).toEqual([
      ['f', texts[1]],
      ['g', texts[2]],
    ]);
  });
});
