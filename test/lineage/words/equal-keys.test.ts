import { afterAll, describe, expect, it } from 'vitest';
import { noFacts } from '../../../src/marts/facts.ts';
import { tryOnSmallDatabases } from '../../../src/prove/small-scope.ts';
import { openTrialGround } from '../../../src/prove/trial-ground.ts';
import { declaredFacts } from '../../../src/sql/match/declared-facts.ts';
import { FROM_ALL, shop, wordsIn } from './measures-in.ts';

/** Deterministic: each run makes the same expressions. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Measures made of few columns and many forms, so that some of them are one arithmetic. */
function someMeasures(count: number, random: () => number): readonly string[] {
  const pick = (texts: readonly string[]) => texts[Math.floor(random() * texts.length)] ?? '';
  const value = (depth: number): string =>
    depth === 0 || random() < 0.4
      ? pick(['l.net', 'l.price', 'l.quantity', 'o.shipping', '1', '2'])
      : pick([
          `(${value(depth - 1)} ${pick(['+', '-', '*'])} ${value(depth - 1)})`,
          `coalesce(${value(depth - 1)}, 0)`,
          `-(${value(depth - 1)})`,
        ]);
  const condition = () => pick(["l.product = 'a'", 'l.quantity > 1', 'l.quantity <= 1']);
  const aggregate = () =>
    pick([
      `sum(${value(2)})`,
      `sum(case when ${condition()} then ${value(1)} ${pick(['', 'else 0'])} end)`,
      `sum(${value(1)}) filter (${condition()})`,
      `count(*) filter (${condition()})`,
      `count_if(${condition()})`,
      `count(case when ${condition()} then ${pick(['1', 'l.net', 'l.line_id'])} end)`,
      `sum(case when ${condition()} then 1 else 0 end)`,
      `count(${pick(['*', 'l.net', 'l.line_id', 'distinct l.product', 'distinct o.order_id'])})`,
      `max(${value(1)})`,
      `avg(${value(1)})`,
    ]);
  const filled = () => `coalesce(${aggregate()}, 0)`;
  return Array.from({ length: count }, () =>
    random() < 0.6
      ? aggregate()
      : pick([
          `${filled()} + ${filled()}`,
          `${filled()} - ${filled()}`,
          `2 * ${filled()}`,
          `coalesce(${aggregate()}, 0)`,
        ]),
  );
}

describe('measures of one normal form', () => {
  const relations = shop.then(({ snapshot }) =>
    snapshot.relations.filter(({ id }) => id === 'lines' || id === 'orders'),
  );
  const ground = relations.then((all) => openTrialGround({ relations: all }));
  afterAll(async () => (await ground).close());

  it('give one number on small databases, where nothing added up is 0', async () => {
    const measures = someMeasures(120, numbers(7));
    const select = measures.map((measure, at) => `${measure} as m${at}_`).join(', ');
    const found = await wordsIn(`select ${select} ${FROM_ALL}`);
    const keys = new Map(found.map(({ name, key }) => [name, key]));
    const alike = [...Map.groupBy(measures, (_, at) => keys.get(`m${at}_`)).values()]
      .map((all) => [...new Set(all)])
      .filter((all) => all.length > 1);

    const pairs = alike.flatMap(([first = '', ...others]) =>
      others.slice(0, 2).map((other) => [first, other] as const),
    );
    expect(pairs.length).toBeGreaterThan(10);
    const side = (at: 0 | 1) =>
      `select ${pairs.map((pair, n) => `coalesce(${pair[at]}, 0)::double as p${n}`).join(', ')} ${FROM_ALL}`;
    const { snapshot } = await shop;
    const outcome = await tryOnSmallDatabases({
      ground: await ground,
      relations: await relations,
      facts: { ...noFacts, ...declaredFacts(snapshot, { trustKeys: true }), inclusions: [] },
      literals: { numbers: ['1', '2'], strings: ['a'], dates: [] },
      marts: [],
      query: side(0),
      rewritten: side(1),
      databases: 40,
      seed: 3,
      approximate: true,
      isShrunk: false,
    });

    const told =
      outcome.kind === 'unequal'
        ? pairs.filter(
            (_, at) =>
              outcome.counterExample.query[0]?.[at] !== outcome.counterExample.rewritten[0]?.[at],
          )
        : outcome;
    expect(told).toMatchObject({ kind: 'equal', telling: 40 });
  });
});
