import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import type { LookupWording } from '../../src/connectors/lookup-wording.ts';
import { standardNames } from '../../src/connectors/standard-wording.ts';
import { selectSlim } from '../../src/materializer/slim-statements.ts';
import { slimForm } from '../../src/prune/slim-form.ts';
import { aDefinition, type Definition, openShop, type Shop } from './a-definition.ts';

const STAR = `
  select s.id, s.amount, s.customer, c.name, coalesce(c.city, 'nowhere') as place, upper(c.segment) as segment,
    case when c.id is null then 'nobody' when c.city is null then 'homeless' end as kind,
    t.label, t.region, p.title, c.name || ' in ' || t.label as visit, m.name as manager, v.name as vip
  from sales s
  left join customers c on c.id = s.customer
  left join customers v on v.id = s.customer and v.segment = 'segment 1'
  left join managers m on m.id = c.manager
  join stores t on t.id = s.store
  left join products p on p.sku = s.product`;

/** Values as subqueries, and as a join to what is unique. */
const WAYS: Readonly<Record<string, LookupWording>> = {
  'by subqueries': {
    onlyValue: (value) => `any_value(${value})`,
    raises: (message) => `error('${message}')`,
  },
  'by joins': {
    unique: (table, keys) => `create unique index on ${table} (${keys.join(', ')})`,
    onlyValue: (value) => value,
    raises: (message) => `error('${message}')`,
  },
};

describe('side tables', () => {
  let shop: Shop;
  let star: Definition;

  beforeAll(async () => {
    shop = await openShop();
    star = await aDefinition(STAR);
  });
  afterAll(() => shop.close());

  function slim(
    { query, facts, types }: Definition,
    { hidden = [], gone = [] }: { readonly hidden?: readonly string[]; gone?: readonly string[] },
  ) {
    const outcome = slimForm(query, {
      table: relationId({ name: 'v1' }),
      hidden: new Set(hidden),
      tombstones: new Map(gone.map((name) => [name, `${name} was pruned`])),
      facts,
      types,
      dialect: 'duckdb',
      hiding: 'side-tables',
      maxRows: 100,
      rowsOf: (relation: RelationId) => (relation === 'sales' ? 200 : 20),
    });
    if (outcome.kind === 'refused') {
      throw new Error(outcome.because);
    }
    return outcome;
  }

  async function answers({ form }: ReturnType<typeof slim>, sql: string) {
    await shop.build(form);
    const columns = (await shop.rows(`describe ${sql}`)).map(([name, type]) => ({
      name: String(name),
      type: String(type),
    }));
    const alive = form.attributes.flatMap(({ kind, name }) =>
      kind === 'tombstone' ? [] : [`"${name}"`],
    );
    const asked = (from: string) =>
      shop.rows(`select ${alive.join(', ')} from (${from}) x order by all`);
    const base = await asked(sql);
    for (const [way, lookups] of Object.entries(WAYS)) {
      const view = selectSlim(form, { columns, wording: { names: standardNames, lookups } });
      expect(await asked(view), way).toEqual(base);
      expect(
        (await shop.rows(`describe ${view}`)).map(([name, type]) => [name, type]),
        way,
      ).toEqual(
        columns.map(({ name, type }) => [
          name,
          form.attributes.some((each) => each.kind === 'tombstone' && each.name === name)
            ? expect.anything()
            : type,
        ]),
      );
    }
    return base;
  }

  it('hold what hangs on a unique key, and the join that only it needed is gone', async () => {
    const outcome = slim(star, {
      hidden: ['manager', 'place', 'name', 'segment', 'kind'],
      gone: ['visit'],
    });

    expect(outcome.form.sides?.map(({ table, keys }) => [table, keys])).toEqual([
      ['v1__side_1', ['customer']],
      ['v1__side_2', ['__key_1']],
    ]);
    expect(outcome.form.sql).not.toContain('managers');
    expect(outcome.form.sides?.[0]?.sql.replaceAll(/\s+/g, ' ')).toBe(
      "select t0.id as customer, t0.name as name, coalesce(t0.city, 'nowhere') as place, upper(t0.segment) as segment, case when t0.id is null then 'nobody' when t0.city is null then 'homeless' end as kind from customers as t0 where (t0.id is not null) union all select t0.id as customer, t0.name as name, coalesce(t0.city, 'nowhere') as place, upper(t0.segment) as segment, case when t0.id is null then 'nobody' when t0.city is null then 'homeless' end as kind from (select 1 as __some) as t1 left join (select 0 as __none, t2.* from customers as t2) as t0 on t0.__none = t1.__some",
    );
    expect(await answers(outcome, STAR)).toHaveLength(246);
  });

  it('leave a join out of the build altogether where all of a relation is hidden', () => {
    const outcome = slim(star, { hidden: ['label', 'region', 'vip'], gone: ['visit'] });

    expect(outcome.form.sql).not.toMatch(/stores|segment 1/);
    expect(outcome.form.sides?.[1]?.sql).toContain("t0.segment = 'segment 1'");
    expect(outcome).toMatchObject({
      removed: [{ relations: ['customers'] }, { relations: ['stores'] }],
      unpackable: [],
    });
  });

  it('say why an attribute stays stored', () => {
    const outcome = slim(star, { hidden: ['visit', 'amount', 'title'] });

    expect(outcome.unpackable).toEqual([
      { name: 'amount', because: 'sales has 200 rows, and at most 100 are packed' },
      { name: 'title', because: 'no key of products that its join pins is verified to be unique' },
      { name: 'visit', because: 'it is not computed from one joined relation' },
    ]);
    expect(outcome.form.sides).toEqual([]);
  });

  it('refuse a join that depends on more than a key, and a value that depends on more than a row', async () => {
    const sql = `select s.id, c.name, t.region from sales s
      left join customers c on c.id = s.customer and s.amount > 10 join stores t on t.id = s.store`;
    const windowed = `select s.id, t.region, rank() over (order by t.label) as place from sales s join stores t on t.id = s.store`;
    const outcomes = [
      slim(await aDefinition(sql), { hidden: ['name', 'region'] }),
      slim(await aDefinition(windowed), { hidden: ['place', 'region'] }),
    ];

    expect(outcomes.map(({ unpackable }) => unpackable)).toEqual([
      [{ name: 'name', because: 'its join depends on more than its key and its row' }],
      [
        { name: 'region', because: 'the definition cannot be taken apart: window' },
        { name: 'place', because: 'the definition cannot be taken apart: window' },
      ],
    ]);
  });

  it('equal their definition on whatever is hidden or gone', async () => {
    const all = star.query.outputs;
    for (let seed = 1; seed <= 12; seed += 1) {
      const fate = all.map((_, at) => ((seed * 2654435761 + at * 40503 * seed) % 97) % 3);
      const hidden = all.filter((_, at) => fate[at] === 1);
      const gone = all.filter((name, at) => fate[at] === 2 && name !== 'id');

      await answers(slim(star, { hidden, gone }), STAR);
    }
  });
});
