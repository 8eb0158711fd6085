import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SmallWorld, stepsOf } from '../small-world.ts';

describe('a mart of a measure whose word a person chose', () => {
  let world: SmallWorld;

  beforeAll(async () => {
    world = await SmallWorld.open({
      settings: { marts: { adoptable: [] }, savings: { holdOutShare: 0 } },
      baseCpuMs: 30_000,
    });
    await world.start();
    await world.cycle(0);
    await world.questions(0);
    await world.cycle(1);
    const { value } = await world.goldsmith.words('revenue');
    const { definitions } = z
      .object({ definitions: z.array(z.object({ id: z.string() })) })
      .parse(value);
    const definition = definitions[0]?.id ?? '';
    await world.goldsmith.chooseWord({ word: 'revenue', definition, by: 'cli:ana' });
    await world.questions(1);
  });
  afterAll(() => world.close());

  it('calls it by the word, once and for good', async () => {
    const built = await world.cycle(2);
    const steps = stepsOf(built);
    expect(steps.map((step) => step.replace(/ gold\.\w+/, ''))).toEqual([
      'create-mart: done',
      'build-version: done',
      'repoint-view: done',
    ]);

    const [mart = ''] = / gold\.\w+/.exec(steps[0] ?? '') ?? [];
    const columns = await world.rows(
      `select column_name from duckdb_columns() where schema_name = 'gold' and table_name = '${mart.trim().slice(5)}'`,
    );
    expect(columns).toContain('["revenue"]');
    expect(columns.join()).not.toContain('sum_net_amount');

    await world.questions(2);
    expect(stepsOf(await world.cycle(3)).join()).not.toContain('create-mart');
  });
});
