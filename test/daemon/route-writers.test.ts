import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import type { Connector, Session } from '../../src/connectors/connector.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { aWarehouse } from '../prove/warehouse.ts';
import { buildMart, type RoutedMartParts, routeOver, rowsOf } from './routed-marts.ts';

const OLD: RoutedMartParts = {
  name: 'old_days',
  sql: "select customer, day, sum(total) as total, count(*) as n from orders where day < date '2024-02-01' group by customer, day",
  sources: ['orders'],
};
const PLACES: RoutedMartParts = {
  name: 'places',
  sql: 'select id, region from customers where region is not null',
  sources: ['customers'],
};
const PER_CUSTOMER: RoutedMartParts = {
  name: 'per_customer',
  sql: 'select customer, sum(total) as total, count(*) as n from orders group by customer',
  sources: ['orders'],
};

/** Answered from a mart and the rest of its source. */
const ALL = 'select sum(total) as total, count(*) as n from orders';
/** Answered from a mart joined to a base table, or from two marts. */
const BY_REGION =
  'select c.region, sum(o.total) as total, count(*) as n from orders o join customers c on o.customer = c.id where c.region is not null group by c.region';

/** Every committed state's answers, in order of commit; each commit moves money so that no two states answer alike. */
class Writer {
  readonly states: Readonly<Record<string, string>>[] = [];
  readonly #warehouse: Connector;
  #step = 0;

  constructor(warehouse: Connector) {
    this.#warehouse = warehouse;
  }

  async commit(statements: readonly string[]): Promise<void> {
    const state = await this.#warehouse.transaction(
      async (session) => {
        for (const sql of statements) {
          await session.execute(sql, { purpose: 'build' });
        }
        return answersIn(session);
      },
      { readOnly: false, purpose: 'build' },
    );
    this.states.push(state);
  }

  /** Rows outside the mart, inside it, moved across its border, of both tables at once, and taken out again. */
  next(): readonly string[] {
    this.#step += 1;
    const amount = this.#step * 1_000;
    const id = 10_000 + this.#step;
    const choices = [
      [`insert into orders values (${id}, ${this.#step % 7}, date '2024-02-20', ${amount})`],
      [`insert into orders values (${id}, 1, date '2024-02-21', ${amount})`],
      [`insert into orders values (${id}, 3, date '2024-01-10', ${amount})`],
      [
        `update orders set day = '2024-02-22', total = total + ${amount} where id = ${this.#step}`,
        `update customers set region = 'r${this.#step}' where id = 2`,
      ],
      [`update orders set day = '2024-01-05', total = total + ${amount} where id = 1${this.#step}`],
      [`delete from orders where id = ${id - 3}`, `insert into orders values (${id}, 4, null, 7)`],
    ];
    return choices[this.#step % choices.length] ?? [];
  }
}

/** What was read, and the first and the last committed state it may be of. */
interface Seen {
  readonly isMart: boolean;
  readonly from: number;
  readonly to: number;
  readonly rows: string;
  readonly sql: string;
}

async function answersIn(session: Session): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const sql of [ALL, BY_REGION]) {
    const { rows } = await session.query(sql, { purpose: 'verify' });
    found[sql] = JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted());
  }
  return found;
}

describe('an answer while others write', () => {
  let warehouse: Connector;
  let store: Store;

  beforeAll(async () => {
    warehouse = await aWarehouse([
      'create table orders (id integer, customer integer, day date, total decimal(18,2))',
      'create table customers (id integer, region varchar)',
      `insert into orders select i, i % 7, date '2024-01-01' + (i % 60)::integer, i from range(20000) t(i)`,
      `insert into customers select i, 'r' || (i % 3) from range(7) t(i)`,
    ]);
    store = openStore(':memory:');
  });
  afterAll(async () => {
    store.close();
    await warehouse.close();
  });

  it.for([
    ['from a mart and the rest of its source', ALL, [OLD], 'goldsmith_moment'],
    ['from a mart joined to a base table', BY_REGION, [PLACES], 'goldsmith_moment'],
    ['from two marts', BY_REGION, [PER_CUSTOMER, PLACES], 'per_customer_14__v'],
  ] as const)(
    '%s is that of one committed state, old or new',
    { timeout: 120_000 },
    async ([name, asked, parts, telling]) => {
      const clock = handTurnedClock(1_000_000);
      const writer = new Writer(warehouse);
      await writer.commit([]);
      const seen: Seen[] = [];
      for (let round = 1; round <= 4; round += 1) {
        const marts = [];
        for (const each of parts) {
          const called = { ...each, name: `${each.name}_${name.length}` };
          marts.push(await buildMart(warehouse, { parts: called, clock, version: round }));
        }
        const builtAt = writer.states.length - 1;
        const route = await routeOver({ connector: warehouse, store, clock, marts });
        let answer = await route(asked);
        let isOver = false;
        const writing = async () => {
          for (let commits = 0; commits < 12; commits += 1) {
            await writer.commit(writer.next());
          }
          isOver = true;
        };
        const reading = async () => {
          while (!isOver) {
            const isMart = answer.answer === 'mart';
            const from = isMart && parts.length > 1 ? builtAt : writer.states.length - 1;
            const rows = JSON.stringify(await rowsOf(warehouse, answer.sql));
            // The last commit may be done and not yet written down here.
            seen.push({ isMart, from, to: writer.states.length, rows, sql: answer.sql });
            answer = await route(asked);
          }
        };
        await Promise.all([writing(), reading()]);
      }
      for (const { from, to, rows } of seen) {
        const possible = writer.states.slice(from, to + 1).map((state) => state[asked]);
        expect(possible).toContain(rows);
      }
      const served = seen.filter(({ isMart }) => isMart);
      expect(served.length).toBeGreaterThan(3);
      expect(served.every(({ sql }) => sql.includes(telling))).toBe(true);
    },
  );
});
