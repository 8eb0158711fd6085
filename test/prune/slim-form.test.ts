import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import { standardNames } from '../../src/connectors/standard-wording.ts';
import { selectSlim } from '../../src/materializer/slim-statements.ts';
import { type SlimOutcome, slimForm } from '../../src/prune/slim-form.ts';
import { aDefinition, type Definition, openShop, type Shop } from './a-definition.ts';

const STAR = `
  select s.id, s.amount, s.note, upper(s.note) as loud_note, c.name, c.city, coalesce(c.city, 'nowhere') as place, c.segment,
    t.label, t.region, p.title, p.price * 2 as double_price, c.name || ' in ' || t.label as visit, m.name as manager
  from sales s
  left join customers c on c.id = s.customer
  left join managers m on m.id = c.manager
  join stores t on t.id = s.store
  left join products p on p.sku = s.product`;

const ROWS: Readonly<Record<string, number>> = {
  sales: 200,
  customers: 20,
  stores: 4,
  products: 11,
  managers: 3,
};

describe('a slim version', () => {
  let shop: Shop;
  let star: Definition;

  beforeAll(async () => {
    shop = await openShop();
    star = await aDefinition(STAR);
  });
  afterAll(() => shop.close());

  function slim(
    { query, facts, types }: Definition,
    pruned: { readonly hidden?: readonly string[]; readonly tombstones?: readonly string[] },
  ): SlimOutcome {
    return slimForm(query, {
      table: relationId({ name: 'v1' }),
      hidden: new Set(pruned.hidden ?? []),
      tombstones: new Map((pruned.tombstones ?? []).map((name) => [name, `${name} was pruned`])),
      facts,
      types,
      dialect: 'duckdb',
      hiding: 'packs',
      maxRows: 100,
      rowsOf: (relation: RelationId) => ROWS[relation],
    });
  }

  function formOf(outcome: SlimOutcome) {
    if (outcome.kind === 'refused') {
      throw new Error(outcome.because);
    }
    return outcome.form;
  }

  async function columnsOf(sql: string) {
    return (await shop.rows(`describe ${sql}`)).map(([name, type]) => ({
      name: String(name),
      type: String(type),
    }));
  }

  /** Builds it and asks the stable view for all it still answers. */
  async function answers(outcome: SlimOutcome, sql: string) {
    const form = formOf(outcome);
    await shop.build(form);
    const columns = await columnsOf(sql);
    const view = selectSlim(form, { columns, wording: { names: standardNames } });
    const alive = form.attributes.flatMap(({ kind, name }) =>
      kind === 'tombstone' ? [] : [`"${name}"`],
    );
    const select = (from: string) =>
      shop.rows(`select ${alive.join(', ')} from (${from}) x order by all`);
    return { slim: await select(view), base: await select(sql), view, columns };
  }

  it('drops the joins that only tombstoned attributes needed', async () => {
    const outcome = slim(star, {
      tombstones: ['name', 'city', 'place', 'segment', 'visit', 'manager', 'label', 'region'],
    });

    expect(formOf(outcome).sql.replaceAll(/\s+/g, ' ')).toBe(
      'select t1.id, t1.amount, t1.note, upper(t1.note) as loud_note, t2.title, t2.price * 2 as double_price from sales as t1 left join products as t2 on t2.sku = t1.product',
    );
    expect(outcome).toMatchObject({
      removed: [
        { relations: ['managers'] },
        { relations: ['customers'] },
        { relations: ['stores'] },
      ],
    });
    const { slim: found, base } = await answers(outcome, STAR);

    expect(found).toEqual(base);
  });

  it('keeps a join whose key is not known to be unique, however little is read of it', () => {
    const outcome = slim(star, { tombstones: ['title', 'double_price'] });

    expect(formOf(outcome).sql).toContain('left join products');
  });

  it('answers hidden attributes from packs, rows without a partner included', async () => {
    const outcome = slim(star, {
      hidden: ['city', 'place', 'segment', 'region', 'title', 'double_price', 'manager'],
    });

    expect(formOf(outcome).packs.map(({ table }) => table)).toEqual([
      'v1__pack_1',
      'v1__pack_2',
      'v1__pack_3',
      'v1__pack_4',
    ]);
    expect(outcome).toMatchObject({ unpackable: [] });
    const { slim: found, base } = await answers(outcome, STAR);

    expect(found).toEqual(base);
  });

  it('keeps stored what no single joined relation gives, and says why', () => {
    const outcome = slim(star, { hidden: ['visit', 'loud_note', 'amount', 'title'] });

    expect(outcome).toMatchObject({
      unpackable: [
        { name: 'amount', because: 'sales has 200 rows, and at most 100 are packed' },
        { name: 'loud_note', because: 'sales has 200 rows, and at most 100 are packed' },
        { name: 'visit', because: 'it is not computed from one joined relation' },
      ],
    });
    expect(formOf(outcome).packs).toHaveLength(1);
  });

  it('raises the message of a tombstone only for whoever selects it', async () => {
    const { view, columns } = await answers(slim(star, { tombstones: ['segment'] }), STAR);

    expect(await columnsOf(view)).toEqual(columns);
    expect(await shop.rows(`select count(*), count(city) from (${view}) x`)).toEqual([
      ['246', '122'],
    ]);
    await expect(shop.rows(`select segment from (${view}) x`)).rejects.toThrow(
      'segment was pruned',
    );
  });

  it('narrows what it cannot take apart from outside', async () => {
    const distinct =
      'select distinct c.city, c.segment from sales s left join customers c on c.id = s.customer';
    const outcome = slim(await aDefinition(distinct), {
      tombstones: ['segment'],
      hidden: ['city'],
    });
    const { slim: found, base } = await answers(outcome, distinct);

    expect(outcome).toMatchObject({
      unpackable: [
        { name: 'city', because: 'the definition cannot be taken apart: it groups its rows' },
      ],
    });
    expect(found).toEqual(base);
  });

  it('narrows CTEs, branches of a UNION ALL and aggregates', async () => {
    const sql = `
      with spent as (select customer, sum(amount) as total, count(*) as visits, max(note) as last_note from sales group by customer)
      select c.id, c.city, x.total, x.visits, x.last_note from customers c left join spent x on x.customer = c.id
      union all
      select id, label, 0, 0, region from stores`;
    const outcome = slim(await aDefinition(sql), { tombstones: ['visits', 'last_note'] });

    expect(formOf(outcome).sql).not.toMatch(/count|max|region/);
    const { slim: found, base } = await answers(outcome, sql);

    expect(found).toEqual(base);
  });

  it('equals its definition on whatever is hidden or gone', async () => {
    const all = star.query.outputs;
    for (let seed = 1; seed <= 20; seed += 1) {
      const fate = all.map((_, at) => ((seed * 2654435761 + at * 40503 * seed) % 97) % 3);
      const hidden = all.filter((_, at) => fate[at] === 1);
      const tombstones = all.filter((name, at) => fate[at] === 2 && name !== 'id');
      const { slim: found, base } = await answers(slim(star, { hidden, tombstones }), STAR);

      expect(found, `seed ${seed}: hidden ${hidden.join()}, gone ${tombstones.join()}`).toEqual(
        base,
      );
    }
  });
});
