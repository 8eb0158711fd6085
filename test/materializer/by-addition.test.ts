import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GrownBuild, GrownBy } from '../../src/marts/growth.ts';
import type { Mart } from '../../src/marts/mart.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  aBuild,
  aDefinition,
  type BuildAction,
  DAY,
  id,
  openWorkshop,
  START,
  type Workshop,
} from './workshop.ts';

const MART = id('w.gold.orders_by_region');
const ORDERS = id('w.main.orders');
const sqlOf = (
  where = '',
) => `select c.region, count(*) as orders, sum(o.amount) as amount, min(o.id) as first, max(o.amount) as most
from w.main.orders o join w.main.customers c on c.id = o.customer_id ${where} group by c.region`;
const definition = aDefinition({
  relation: MART,
  sql: sqlOf(),
  columns: [
    { name: 'region', type: 'VARCHAR' },
    { name: 'orders', type: 'BIGINT' },
    { name: 'amount', type: 'DECIMAL(38,2)' },
    { name: 'first', type: 'BIGINT' },
    { name: 'most', type: 'DECIMAL(10,2)' },
  ],
  obligations: [
    { kind: 'unique-key', relation: id('w.main.customers'), columns: ['id'] },
    {
      kind: 'inclusion',
      from: ORDERS,
      fromColumns: ['customer_id'],
      to: id('w.main.customers'),
      toColumns: ['id'],
    },
    { kind: 'not-null', relation: ORDERS, column: 'id' },
  ],
});
const BY: GrownBy = {
  source: ORDERS,
  keys: ['region'],
  measures: [
    { column: 'orders', how: 'sum' },
    { column: 'amount', how: 'sum' },
    { column: 'first', how: 'min' },
    { column: 'most', how: 'max' },
  ],
};

function table(version: number) {
  return id(`w.gold_data.orders_by_region__v${version}`);
}

function build(version: number, grown: Partial<GrownBuild> = {}): BuildAction {
  return aBuild({
    mart: MART,
    version,
    table: table(version),
    reason: version === 1 ? 'promote' : 'refresh',
    replay: version === 1 ? [{ fingerprint: 'f1', sampleIds: ['s1'] }] : [],
    grown: { by: BY, proveWhole: false, ...grown },
  });
}

function refresh(version: number, end: string, changes: Partial<GrownBuild> = {}): BuildAction {
  return build(version, { added: { end, sql: sqlOf(`where o.rowid >= ${end}`) }, ...changes });
}

function to(version: number): Action {
  const target = { kind: 'version', version, table: table(version), freshUntil: START + DAY };
  return { kind: 'repoint-view', mart: MART, to: { ...target, kind: 'version' } };
}

const APPEND =
  'insert into main.orders select 400 + range, range % 20, 7.5 from range(3) union all select 999, 4, null';

describe('a refresh by addition', () => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = await openWorkshop();
    await shop.apply([{ kind: 'create-mart', mart: MART, definition }, build(1), to(1)]);
  });
  afterEach(() => shop.close());

  async function mart(): Promise<Mart | undefined> {
    return (await shop.ledger.readMarts())[0];
  }

  async function expectEqual(version: number): Promise<void> {
    const differing = await shop.rows(
      `select count(*) from (
  (select * from ${table(version)} except all (${sqlOf()}))
  union all ((${sqlOf()}) except all select * from ${table(version)})) as d`,
    );
    expect(differing).toEqual([['0']]);
  }

  it('adds what was appended behind the place where its source ended, and is the definition', async () => {
    expect((await mart())?.current?.growth).toEqual({ source: ORDERS, end: '400', sinceWhole: 0 });
    await shop.run(APPEND);

    const { because, steps } = await shop.apply([refresh(2, '400'), to(2)]);

    expect(because).toBe('all 2 steps are done');
    expect(steps[0]?.detail).toContain('4 rows added to w.main.orders were added to what v1 holds');
    await expectEqual(2);
    const added = (await mart())?.current;
    expect(added?.growth).toEqual({ source: ORDERS, end: '404', sinceWhole: 1, fellBack: 0 });

    // Facts and sources are as a whole build leaves them.
    await shop.apply([build(3), to(3)]);
    const whole = (await mart())?.current;
    const facts = { ...whole?.facts, source: '', verifiedAt: 0 };
    expect(added?.sourceStates).toEqual(whole?.sourceStates);
    expect({ ...added?.facts, source: '', verifiedAt: 0 }).toEqual(facts);
    expect(added?.rows).toBe(whole?.rows);
  });

  it('keeps groups that get nothing, begins new ones, and knows a missing key as a group', async () => {
    await shop.run("insert into main.customers values (20, 'r9'), (21, null)");
    await shop.apply([build(2), to(2)]);
    await shop.run('insert into main.orders values (500, 20, 1), (501, 21, 2), (502, 21, null)');

    await shop.apply([refresh(3, '400'), to(3)]);
    await shop.run('insert into main.orders values (503, 21, 5)');
    const { steps } = await shop.apply([refresh(4, '403'), to(4)]);

    expect(steps[0]?.detail).toContain('1 rows added to w.main.orders');
    await expectEqual(4);
  });

  it('computes everything where more than that happened, and says what', async () => {
    const cases = [
      [
        'update main.orders set amount = amount + 1 where id = 7',
        'w.main.orders has the same 400 rows in number, but not in content',
      ],
      [`delete from main.orders where id = 3; ${APPEND}`, 'w.main.orders had 400 rows and has 399'],
      [
        "update main.customers set region = 'r9' where id = 1",
        'w.main.customers has the same 20 rows in number, but not in content',
      ],
      [
        `update gold_data.orders_by_region__v4 set orders = 1 where region = 'r1'`,
        'somebody wrote to w.gold_data.orders_by_region__v4',
      ],
    ] as const;
    for (const [at, [writes, because]] of cases.entries()) {
      const version = at + 2;
      const end = (await mart())?.current?.growth?.end ?? '';
      await shop.run(writes);

      const { steps } = await shop.apply([refresh(version, end), to(version)]);

      expect(steps[0]?.detail).toContain('built in one piece');
      expect(steps[0]?.detail).toContain(because);
      await expectEqual(version);
      expect((await mart())?.current?.growth).toMatchObject({ sinceWhole: 0, fellBack: 1 });
    }
  });

  it('computes everything where the plan adds from another place than the version ended', async () => {
    await shop.run(APPEND);

    const { steps } = await shop.apply([refresh(2, '402'), to(2)]);

    expect(steps[0]?.detail).toContain('the plan is of an earlier version');
    await expectEqual(2);
  });

  it.for([
    ['no partner', 'insert into main.orders values (400, 77, 1)', 'finds none'],
    ['no number', 'insert into main.orders values (null, 7, 1)', 'should never be NULL'],
  ] as const)(
    'refuses added rows that have %s where the definition relies on it',
    async ([, writes, because]) => {
      await shop.run(writes);

      const { steps } = await shop.apply([refresh(2, '400'), to(2)]);

      expect(steps[0]).toMatchObject({ outcome: 'failed', code: 'CHECK_OBLIGATIONS_HOLD' });
      expect(steps[0]?.detail).toContain(because);
    },
  );

  it('refuses what was added wrongly where it is compared as a whole', async () => {
    await shop.run(APPEND);
    const measures = BY.measures.map((each) => ({ ...each, how: 'max' as const }));

    const { steps } = await shop.apply([
      refresh(2, '400', { by: { ...BY, measures }, proveWhole: true }),
      to(2),
    ]);

    expect(steps[0]).toMatchObject({ outcome: 'failed', code: 'CHECK_SAME_CHECKSUMS' });
  });

  it('is compared as a whole when that is asked for', async () => {
    await shop.run(APPEND);
    await shop.apply([refresh(2, '400'), to(2)]);
    await shop.run(APPEND);

    const { steps } = await shop.apply([refresh(3, '404', { proveWhole: true }), to(3)]);

    expect(steps[0]?.detail).toContain('compared as a whole');
    expect((await mart())?.current?.growth).toMatchObject({ end: '408', sinceWhole: 0 });
    await expectEqual(3);
  });

  it('is of one snapshot whoever writes meanwhile, and the next one sees what was written', async () => {
    await shop.run(APPEND);

    const during = await shop.apply([refresh(2, '400'), to(2)], {
      faults: ({ verb, moment, nth }) =>
        verb === 'build-version' && moment === 'inside' && nth === 1
          ? shop.run('insert into main.orders values (3000, 4, 2)')
          : undefined,
    });
    const end = (await mart())?.current?.growth?.end;
    const after = await shop.apply([refresh(3, String(end)), to(3)]);

    expect([during.kind, after.kind, end]).toEqual(['applied', 'applied', '404']);
    expect(after.steps[0]?.detail).toContain('1 rows added');
    await expectEqual(3);
  });
});
