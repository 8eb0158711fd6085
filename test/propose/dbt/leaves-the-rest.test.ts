import { afterAll, describe, expect, it } from 'vitest';
import { type RandomNumbers, randomNumbers } from '../../../src/prove/random-numbers.ts';
import { openShop } from './shop.ts';

const shop = openShop();
afterAll(() => shop.close());

const SEEDS = Array.from({ length: 24 }, (_, at) => at + 1);

/** A model in some hand's style: commas, comments, Jinja, blanks and case as they come. */
function someModel(random: RandomNumbers): string {
  const one = (...ways: readonly string[]): string =>
    ways[Math.floor(random() * ways.length)] ?? '';
  const columns = ['order_id', 'customer_id', 'status', 'amount', 'placed_at'];
  const isLeading = random() < 0.5;
  const list = (items: readonly string[], indent: string): string =>
    items
      .map((item, at) => {
        const isLast = at === items.length - 1;
        const note = one('', '', ' -- a note, with a comma', ' /* x */', ' {# jinja, too #}');
        const comma = isLeading ? (at === 0 ? '  ' : ', ') : '';
        return `${indent}${comma}${item}${isLeading || isLast ? '' : ','}${note}`;
      })
      .join(one('\n', '\n', '\n\n'));
  const inner = list(columns, one('    ', '\t'));
  const outer = list(
    columns.map((column) =>
      one(`o.${column}`, `o.${column} as ${column}`, `O.${column}`, `  o.${column}`),
    ),
    one('    ', '\t', '  '),
  );
  const select = one('select', 'SELECT', 'Select');
  return `${one('', '{{ config(tags = ["a"]) }}\n', '{#- first -#}\n')}${one('with', 'WITH')} o as (
${one('', '  -- the orders\n')}${select}
${inner}
from {{ ${one("ref('orders')", 'ref( "orders" )', " ref('shop', 'orders') ")} }}
)${one('\n', '\n\n')}${select}
${outer}
from o
${one('', `where o.amount > 1 {# some #}`, "where '{{ var('x') }}' <> o.status")}
${one('', '{% if is_incremental() %} and 1 = 1 {% endif %}')}`;
}

/** Removing characters, no more: what is left stands in the other in the same order. */
function isSubsequence(left: string, whole: string): boolean {
  let at = 0;
  for (const char of whole) {
    at += left[at] === char ? 1 : 0;
  }
  return at === left.length;
}

describe('an edit of a model in any style', () => {
  let edited = 0;

  it.for(SEEDS)(
    'takes away text and adds none but a blank, and reads again, seed %i',
    async (seed) => {
      const random = randomNumbers(seed);
      const model = someModel(random);
      const columns = ['order_id', 'customer_id', 'placed_at'].filter(() => random() < 0.6);
      const cut = columns.length === 0 ? ['customer_id'] : columns;
      const outcome = await shop.cut(model, cut);

      if (outcome.kind === 'refused') {
        expect(outcome.because).toMatch(/stands elsewhere|hands it on/);
        return;
      }
      edited += 1;
      const kept = ['order_id', 'customer_id', 'status', 'amount', 'placed_at'].filter(
        (name) => !cut.includes(name),
      );
      expect(outcome.kept.map((name) => name.toLowerCase())).toEqual(kept);
      expect(isSubsequence(outcome.source.replaceAll(' ', ''), model.replaceAll(' ', ''))).toBe(
        true,
      );
      for (const name of kept) {
        expect(count(outcome.source, name)).toBe(count(model, name));
      }
      for (const [jinja] of model.matchAll(/\{\{[^}]*\}\}|\{%[^%]*%\}/g)) {
        expect(outcome.source).toContain(jinja);
      }
      const again = await shop.cut(outcome.source, ['status']);
      expect(again.kind).toBe('cut');
    },
  );

  it('was made of most of them', () => {
    expect(edited).toBeGreaterThan(SEEDS.length / 2);
  });
});

function count(text: string, word: string): number {
  return text.toLowerCase().split(word).length;
}
