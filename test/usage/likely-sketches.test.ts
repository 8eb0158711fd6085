import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sql/dialects.ts';
import { textSketch } from '../../src/sql/text-sketch.ts';
import { likelySketches } from '../../src/usage/likely-sketches.ts';

const { lexical } = dialectOf('duckdb');

function rememberingAll(texts: readonly string[]) {
  const likely = likelySketches<string>(lexical);
  for (const text of texts) {
    const sketch = textSketch(text, lexical);
    if (sketch !== undefined) {
      likely.remember(sketch, text);
    }
  }
  return likely;
}

describe('likelySketches', () => {
  it('finds a text again by another with other literals and comments, whatever stands before it', () => {
    const text = `/* app='a' */ select a, b from t where c = 'x' and d > 5`;
    const likely = rememberingAll([text, 'select a, b from t where c = d']);

    expect(likely.find(`select a, b from t where c = 'y' and d > 1.5`)).toBeUndefined();
    const found = likely.find(`/* app='b' */ select a, b from t where c = 'y' and d > 1.5`);
    expect(found?.value).toBe(text);
    expect(found?.cuts.count).toBe(3);
  });

  it('tells texts apart that begin alike', () => {
    const texts = Array.from({ length: 10 }, (_, at) => `select a from t where c_${at} = 5`);
    const likely = rememberingAll(texts);

    expect(texts.map((text) => likely.find(text.replace('= 5', '= 7'))?.value)).toEqual(texts);
  });

  it('keeps of many that begin alike those asked for last', () => {
    const texts = Array.from({ length: 40 }, (_, at) => `select a from t where c${at}x = 1`);
    const [first = '', ...others] = texts;
    const likely = rememberingAll([first]);
    for (const text of others) {
      likely.find(first);
      const sketch = textSketch(text, lexical);
      if (sketch !== undefined) {
        likely.remember(sketch, text);
      }
    }

    expect(texts.filter((text) => likely.find(text) !== undefined)).toEqual([
      first,
      ...others.slice(-15),
    ]);
  });

  it('leaves alone for a while what too many begin with, and finds again what is asked for often', () => {
    const likely = likelySketches<string>(lexical);
    const isFound = (text: string) => {
      const sketch = textSketch(text, lexical);
      const found = likely.find(text) !== undefined;
      if (!found && sketch !== undefined) {
        likely.remember(sketch, text);
      }
      return found;
    };
    for (let at = 0; at < 200; at += 1) {
      isFound(`select a from t where c${at}x = 1`);
    }
    const again = 'select a from t where c199x = 1';

    expect(isFound(again)).toBe(false);
    expect(isFound('select quite another text')).toBe(false);
    expect(isFound('select quite another text')).toBe(true);
    const times = Array.from({ length: 10_000 }, () => isFound(again));
    expect(times.indexOf(true)).toBeGreaterThan(8_000);
    expect(times.slice(times.indexOf(true))).not.toContain(false);
  });

  it('forgets all beyond its bound and goes on', () => {
    const long = Array.from({ length: 900 }, (_, at) => `select ${`c_${at}, `.repeat(1_500)}d`);
    const likely = rememberingAll(long);

    expect(likely.find(long[0] ?? '')).toBeUndefined();
    expect(likely.find(long[899] ?? '')?.value).toBe(long[899]);
  });

  it('finds nothing where a literal stands at the very beginning', () => {
    expect(rememberingAll([`'a' b`]).find(`'a' b`)).toBeUndefined();
  });
});
