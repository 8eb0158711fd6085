import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';

/** Two columns of one type at once: by place and name alone nobody can tell which is which. */
const RENAMES = [
  'alter table silver.stores rename column region to area_one',
  'ALTER TABLE silver.stores RENAME store_name TO area_two',
];

describe('a rename that stands in the history', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('is known, and followed where no likeness would tell it', async () => {
    world = await SmallWorld.open();
    await world.start();
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);
    expect(stepsOf(await world.cycle(2)).join('\n')).toContain('repoint-view');
    const [mart] = (await world.goldsmith.cycle()).marts;
    const relation = mart?.definition.relation ?? '';
    const before = await world.rows(`select * from ${relation}`);

    await world.run(...RENAMES);
    for (const [nth, text] of RENAMES.entries()) {
      world.record({ text, at: FIRST_DAY + 2 * DAY_MS + (10 + nth) * HOUR_MS });
    }
    const failed = 'alter table silver.stores rename column region to area_two';
    world.record({ text: failed, at: FIRST_DAY + 2 * DAY_MS + 9 * HOUR_MS, status: 'failed' });
    const cycle = await world.cycle(3);

    expect(cycle.schemaEvents).toMatchObject([
      { kind: 'column-renamed', isGuess: false },
      { kind: 'column-renamed', isGuess: false },
    ]);
    const { text } = await world.goldsmith.drift();
    expect(text).toContain('silver.stores.region is now called area_one (the statement was seen');
    expect(cycle.reacted).toMatchObject([{ action: { kind: 'follow-source' }, outcome: 'done' }]);
    const followed = cycle.marts.find(({ definition }) => definition.relation === relation);
    expect(followed?.definition.sql).toContain('area_one');
    expect(await world.rows(`select * from ${relation}`)).toEqual(before);
  });

  it('is followed in a night that loaded other rows too, for nothing is left to guess', async () => {
    world = await SmallWorld.open();
    await world.start();
    await world.questions(0);
    await world.cycle(1);
    await world.questions(1);
    const { marts } = await world.cycle(2);
    const relation = marts[0]?.definition.relation ?? '';
    const sql = marts[0]?.definition.sql ?? '';

    const rename = 'alter table silver.stores rename column region to sales_region';
    await world.run(
      rename,
      'insert into silver.order_lines select * replace (line_no + 100 as line_no) from silver.order_lines limit 500',
    );
    world.record({ text: rename, at: FIRST_DAY + 2 * DAY_MS + 10 * HOUR_MS });
    const cycle = await world.cycle(3);

    expect(cycle.reacted).toMatchObject([
      { action: { kind: 'follow-source', proof: 'statement-seen' }, outcome: 'done' },
    ]);
    const mart = cycle.marts.find(({ definition }) => definition.relation === relation);
    expect(mart?.held).toBeUndefined();
    expect(mart?.current?.version).toBe(2);
    const computed = sql.replaceAll(/\bregion\b(?!_)/g, 'sales_region');
    expect(await world.rows(`select count(*) from ${relation}`)).toEqual(
      await world.rows(`select count(*) from (${computed})`),
    );
    expect((await world.goldsmith.drift()).text).not.toContain('  incident  ');
  });
});
