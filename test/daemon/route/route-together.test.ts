import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, HOUR_MS, handTurnedClock } from '../../../src/base/clock.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { systemClock } from '../../../src/daemon/system-clock.ts';
import type { RouteAnswer } from '../../../src/http/service.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { aWarehouse } from '../../prove/warehouse.ts';
import { buildMart, type RoutedMartParts, routeOver, rowsOf } from '../routed-marts.ts';

const SETUP = [
  'create table orders (id integer, customer integer, day date, total decimal(10,2))',
  'create table customers (id integer, region varchar)',
  `insert into orders select i, i % 7, date '2024-01-01' + (i % 60)::integer, i from range(200) t(i)`,
  `insert into customers select i, 'r' || (i % 3) from range(7) t(i)`,
];
const PER_CUSTOMER: RoutedMartParts = {
  name: 'per_customer',
  sql: 'select customer, sum(total) as total, count(*) as n from orders group by customer',
  sources: ['orders'],
};
const REGIONS: RoutedMartParts = {
  name: 'regions',
  sql: 'select id, region from customers where region is not null',
  sources: ['customers'],
};
const OLD: RoutedMartParts = {
  name: 'old_days',
  sql: "select day, sum(total) as total, count(*) as n from orders where day < date '2024-02-01' group by day",
  sources: ['orders'],
};
const BY_REGION =
  'select c.region, sum(o.total) as total from orders o join customers c on o.customer = c.id where c.region is not null group by c.region order by total desc';
const ALL_DAYS = 'select sum(total) as total, count(*) as n from orders';

let warehouse: Connector;
let store: Store;
beforeEach(async () => {
  warehouse = await aWarehouse(SETUP);
  store = openStore(':memory:');
});
afterEach(async () => {
  store.close();
  await warehouse.close();
});

const write = (sql: string) => warehouse.execute(sql, { purpose: 'build' });
const stepsOf = (answer: RouteAnswer) =>
  answer.answer === 'mart' ? answer.certificate.entries.map(({ step }) => step) : answer.because;

describe('an answer from several marts', () => {
  async function routed(clock = handTurnedClock(1_000_000)) {
    const marts = [
      await buildMart(warehouse, { parts: PER_CUSTOMER, clock }),
      await buildMart(warehouse, { parts: REGIONS, clock }),
    ];
    return { marts, route: await routeOver({ connector: warehouse, store, clock, marts }), clock };
  }

  it('reads the versions of all of them, of one moment', async () => {
    const { route } = await routed();

    const answer = await route(BY_REGION);

    expect(answer).toMatchObject({ answer: 'mart', marts: ['gold.per_customer', 'gold.regions'] });
    expect(stepsOf(answer)).toContain('one-moment');
    expect(answer.sql).not.toMatch(/orders|customers/);
    expect(await rowsOf(warehouse, answer.sql)).toEqual(await rowsOf(warehouse, BY_REGION));
  });

  it('stays the answer of that moment when its sources are written to', async () => {
    const { route } = await routed();
    const before = await rowsOf(warehouse, BY_REGION);
    const answer = await route(BY_REGION);

    await write('insert into orders values (1000, 1, null, 5)');
    await write("update customers set region = 'r9' where id = 1");

    expect(await rowsOf(warehouse, answer.sql)).toEqual(before);
    expect(await rowsOf(warehouse, (await route(BY_REGION)).sql)).toEqual(before);
  });

  it('is refused where a source moved between their builds', async () => {
    const clock = handTurnedClock(1_000_000);
    const first = await buildMart(warehouse, { parts: PER_CUSTOMER, clock });
    await write('insert into orders values (1000, 1, null, 5)');
    const marts = [first, await buildMart(warehouse, { parts: REGIONS, clock })];
    const route = await routeOver({ connector: warehouse, store, clock, marts });

    const answer = await route(BY_REGION);

    expect(answer).toMatchObject({
      answer: 'base',
      because: [
        {
          code: 'MIXES_SNAPSHOTS',
          text: 'gold.per_customer is of an earlier moment than the others may be: main.orders had 200 rows and has 201',
        },
      ],
    });
  });

  it('is refused once the moment is older than the strictest bound, and comes back with a new one', async () => {
    const { route, clock, marts } = await routed();
    expect((await route(BY_REGION)).answer).toBe('mart');
    await write('insert into orders values (1000, 1, null, 5)');

    clock.turnTo(1_000_000 + 60_001);
    const renewed = await Promise.all(
      [PER_CUSTOMER, REGIONS].map((parts) => buildMart(warehouse, { parts, clock, version: 2 })),
    );
    const again = await routeOver({ connector: warehouse, store, clock, marts: renewed });

    expect((await route(BY_REGION)).answer).toBe('base');
    expect(marts).toHaveLength(2);
    const answer = await again(BY_REGION);
    expect(answer.answer).toBe('mart');
    expect(await rowsOf(warehouse, answer.sql)).toEqual(await rowsOf(warehouse, BY_REGION));
  });

  it.for([
    ['answers from the marts until then', 0],
    ['answers from base afterwards, whoever is there to ask', 2],
  ] as const)('says in its own text until when it is good: %s', async ([, hoursAgo]) => {
    const clock: Clock = { ...systemClock, now: () => systemClock.now() - hoursAgo * HOUR_MS };
    const marts = [];
    for (const parts of [PER_CUSTOMER, REGIONS]) {
      const hourly = { ...parts, maxStalenessMs: HOUR_MS };
      marts.push(await buildMart(warehouse, { parts: hourly, clock }));
    }
    const route = await routeOver({ connector: warehouse, store, clock, marts });
    const before = await rowsOf(warehouse, BY_REGION);
    const answer = await route(BY_REGION);
    await write('insert into orders values (1000, 1, null, 5)');

    const rows = await rowsOf(warehouse, answer.sql);

    expect(answer.answer).toBe('mart');
    expect(answer.sql).toMatch(/now\(\) <= cast\('/);
    expect(rows).toEqual(hoursAgo === 0 ? before : await rowsOf(warehouse, BY_REGION));
    expect(before).not.toEqual(await rowsOf(warehouse, BY_REGION));
  });

  it.for([
    ['promises no snapshot a statement', { oneStatementOneSnapshot: undefined }],
    ['gives readers no rights on versions', { hasGrants: true }],
  ] as const)('is refused where the warehouse %s', async ([, capabilities]) => {
    const clock = handTurnedClock(1_000_000);
    const marts = [
      await buildMart(warehouse, { parts: PER_CUSTOMER, clock }),
      await buildMart(warehouse, { parts: REGIONS, clock }),
    ];
    const route = await routeOver({
      connector: warehouse,
      store,
      clock,
      marts,
      capabilities: capabilities as never,
    });

    expect(await route(BY_REGION)).toMatchObject({ answer: 'base' });
  });
});

describe('an answer from a mart and its sources', () => {
  const clock = handTurnedClock(1_000_000);
  async function routed(minimumGain?: number, parts = OLD) {
    const marts = [await buildMart(warehouse, { parts, clock })];
    return routeOver({
      connector: warehouse,
      store,
      clock,
      marts,
      ...(minimumGain === undefined ? {} : { minimumGain }),
    });
  }

  it('looks first whether what the mart was made of is unchanged', async () => {
    const route = await routed();

    const answer = await route(ALL_DAYS);

    expect(stepsOf(answer)).toContain('united-with-base');
    expect(stepsOf(answer)).toContain('one-moment');
    expect(answer.sql).toContain('goldsmith_moment');
    expect(await rowsOf(warehouse, answer.sql)).toEqual(await rowsOf(warehouse, ALL_DAYS));
  });

  it.for([
    ['a row outside the mart', "insert into orders values (1000, 1, date '2024-02-20', 5)"],
    ['a row the mart’s condition is unknown of', 'insert into orders values (1000, 1, null, 5)'],
    ['a row inside the mart', "insert into orders values (1000, 1, date '2024-01-20', 5)"],
    ['an update inside the mart', "update orders set total = total + 1 where day < '2024-01-03'"],
    ['rows that leave the mart', "update orders set day = '2024-02-20' where day < '2024-01-03'"],
    ['rows that come into it', "update orders set day = '2024-01-02' where day >= '2024-02-01'"],
    ['rows deleted from it', "delete from orders where day < '2024-01-10'"],
    ['nothing left', 'delete from orders'],
  ])('is right after %s', async ([, change = '']) => {
    const route = await routed();
    const answer = await route(ALL_DAYS);

    await write(change);

    expect(answer.answer).toBe('mart');
    expect(await rowsOf(warehouse, answer.sql)).toEqual(await rowsOf(warehouse, ALL_DAYS));
    const again = await route(ALL_DAYS);
    expect(await rowsOf(warehouse, again.sql)).toEqual(await rowsOf(warehouse, ALL_DAYS));
  });

  it('relies on no fact that only the build saw', async () => {
    const facts = { notNull: [{ relation: 'main.orders' as never, column: 'day' }] };
    const route = await routed(undefined, { ...OLD, facts });
    const answer = await route(ALL_DAYS);

    await write('insert into orders values (1000, 1, null, 5)');

    expect(answer.answer).toBe('mart');
    expect(await rowsOf(warehouse, answer.sql)).toEqual(await rowsOf(warehouse, ALL_DAYS));
  });

  it('is refused where the mart no longer equals its definition when it is first asked', async () => {
    const route = await routed();
    await write("insert into orders values (1000, 1, date '2024-01-20', 5)");

    expect(await route(ALL_DAYS)).toMatchObject({
      answer: 'base',
      because: [{ code: 'MIXES_SNAPSHOTS', text: expect.stringContaining('next refresh') }],
    });
  });

  it('is refused where looking first costs what it saves; measured once', async () => {
    const refusing = await routed(0.99);
    const refused = {
      answer: 'base',
      because: [{ code: 'NOT_CHEAPER', text: expect.stringMatching(/at most 1 % would do/) }],
    };
    expect(await refusing(ALL_DAYS)).toMatchObject(refused);
    const [kept] = store.documents.list('first-use-together');

    expect(await refusing(ALL_DAYS)).toMatchObject(refused);
    expect(store.documents.list('first-use-together')).toEqual([kept]);
    expect(kept?.value).toMatchObject({ kind: 'equal', at: clock.now() });
  });

  it('keeps the order of its rows', async () => {
    const route = await routed();
    const asked =
      'select day, sum(total) as total from orders group by day order by total desc, day';

    const answer = await route(asked);

    const rows = async (sql: string) => (await warehouse.query(sql, { purpose: 'verify' })).rows;
    expect(answer.answer).toBe('mart');
    expect(await rows(answer.sql)).toEqual(await rows(asked));
  });
});
