import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld } from '../small-world.ts';

const FROM = 'from silver.order_lines l join silver.orders o on o.order_id = l.order_id';
const ALL = `select o.channel, sum(l.net_amount) as net_revenue ${FROM} where o.order_date >= '2026-08-01' group by o.channel`;
const MANY = `select o.channel, sum(l.net_amount) filter (l.quantity > 1) as net_revenue ${FROM} group by o.channel`;
const PER_ORDER = `select o.order_date, sum(l.net_amount) / count(distinct l.order_id) as order_value ${FROM} group by 1`;

const filesOf = (value: unknown) =>
  z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })) }).parse(value).files;

describe('goldsmith words choose', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({ orderLines: 400, settings: { mode: 'propose' } });
    const ran = [ALL, MANY, PER_ORDER].flatMap((text) => [
      { text, user: 'ana' },
      { text, user: 'ben' },
    ]);
    for (const [hour, statement] of ran.entries()) {
      world.record({ at: FIRST_DAY - DAY_MS + hour * HOUR_MS, ...statement });
    }
    await world.start();
    await world.cycle(1);
  });
  afterAll(() => world.close());

  async function definitions(word: string) {
    const { value } = await world.goldsmith.words(word);
    return z
      .object({ definitions: z.array(z.object({ id: z.string(), text: z.string() })) })
      .parse(value).definitions;
  }

  it('writes the chosen definition as rows and a semantic model over them', async () => {
    const all = (await definitions('net_revenue')).find(
      ({ text }) => text === 'sum(order_lines.net_amount)',
    );
    const { text, value } = await world.goldsmith.chooseWord({
      word: 'net_revenue',
      definition: all?.id ?? '',
      by: 'cli:ana',
    });

    const [rows, yaml] = filesOf(value);
    expect(rows?.path).toBe('models/semantic/net_revenue_rows.sql');
    expect(rows?.text).toContain("{{ config(materialized='view') }}");
    const sql = (rows?.text ?? '').split('\n').slice(3).join('\n');
    expect(await world.rows(`select sum(net_revenue_input)::varchar from (${sql}) as r`)).toEqual(
      await world.rows('select sum(net_amount)::varchar from silver.order_lines'),
    );
    expect(parse(yaml?.text ?? '')).toMatchObject({
      version: 2,
      semantic_models: [
        {
          name: 'net_revenue_rows',
          model: "ref('net_revenue_rows')",
          defaults: { agg_time_dimension: 'order_date' },
          primary_entity: 'net_revenue_row',
          entities: [{ name: 'order', type: 'foreign', expr: 'order_id' }],
          dimensions: [
            { name: 'order_date', type: 'time', type_params: { time_granularity: 'day' } },
            { name: 'channel', type: 'categorical' },
          ],
          measures: [{ name: 'net_revenue', agg: 'sum', expr: 'net_revenue_input' }],
        },
      ],
      metrics: [{ name: 'net_revenue', type: 'simple', type_params: { measure: 'net_revenue' } }],
    });
    expect(text).toContain('net_revenue is sum(order_lines.net_amount) from now on, by cli:ana');
  });

  it('is proposed as files, once, and not again when people agreed', async () => {
    await world.cycle(2);
    const open = await world.goldsmith.proposals();

    expect(open.text).toContain('Define net_revenue once');
    expect(JSON.stringify(open.value)).toContain('2.0 runs a day measure by this name');
    expect((await world.goldsmith.words('net_revenue')).text).toContain('cli:ana chose');
  });

  it('writes a quotient as a ratio of two metrics', async () => {
    const [definition] = await definitions('order_value');
    const { value } = await world.goldsmith.chooseWord({
      word: 'order_value',
      definition: definition?.id ?? '',
      by: 'cli:ana',
    });

    expect(parse(filesOf(value)[1]?.text ?? '')).toMatchObject({
      semantic_models: [
        { measures: [{ agg: 'sum' }, { agg: 'count_distinct', expr: 'order_value_input_2' }] },
      ],
      metrics: [
        { name: 'order_value_part_1' },
        { name: 'order_value_part_2' },
        {
          name: 'order_value',
          type: 'ratio',
          type_params: { numerator: 'order_value_part_1', denominator: 'order_value_part_2' },
        },
      ],
    });
  });

  it('says which definitions there are where none is meant', async () => {
    await expect(
      world.goldsmith.chooseWord({ word: 'net_revenue', definition: 'zz', by: 'cli:ana' }),
    ).rejects.toThrow(
      /net_revenue has no definition zz; its definitions are [0-9a-f]{8}, [0-9a-f]{8}/,
    );
  });
});
