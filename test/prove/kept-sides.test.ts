import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CallOptions, Connector, Session } from '../../src/connectors/connector.ts';
import { compareResults } from '../../src/prove/compare-results.ts';
import { fingerprintBoth } from '../../src/prove/content-fingerprint.ts';
import { pairedRuns } from '../../src/prove/paired-runs.ts';
import { aWarehouse } from './warehouse.ts';

const options = { purpose: 'verify' } as const;
const BASE = 'select r as region, 1 as n from range(3) as t(r)';
const KEPT = 'select * from kept';

let connector: Connector;

beforeAll(async () => {
  connector = await aWarehouse([`create table kept as ${BASE}`]);
});
afterAll(() => connector.close());

/** The same session, telling of each statement over one side how it may be answered. */
function recording(): { readonly session: Session; readonly asked: Set<string> } {
  const asked = new Set<string>();
  const note = (sql: string, { readsKept }: CallOptions) => {
    if (!sql.includes('limit 0')) {
      asked.add(`${sql.includes('from kept') ? 'kept' : 'base'}: ${String(readsKept)}`);
    }
  };
  const session: Session = {
    wording: connector.wording,
    stream: (sql, how) => connector.stream(sql, how),
    query: (sql, how) => (note(sql, how), connector.query(sql, how)),
    execute: (sql, how) => (note(sql, how), connector.execute(sql, how)),
  };
  return { session, asked };
}

it.for<readonly [string, (session: Session) => Promise<unknown>]>([
  [
    'the proof of a build',
    async (session) => {
      const { columns } = await session.query(`${BASE} limit 0`, options);
      await fingerprintBoth(session, {
        both: [BASE, KEPT],
        keptOnRight: true,
        columns,
        ...options,
      });
    },
  ],
  [
    'a replay',
    (session) => pairedRuns(session, { base: BASE, served: KEPT, keptOnServed: true, ...options }),
  ],
])(
  'has %s computed from the tables on one side, and read as it is kept on the other',
  async ([, run]) => {
    const { session, asked } = recording();

    await run(session);

    expect(asked).toEqual(new Set(['base: false', 'kept: true']));
  },
);

it('does not ask both sides in one statement, which would be answered in one way', async () => {
  const { session, asked } = recording();
  const fewer = { left: BASE, right: `${KEPT} limit 2`, keptOnRight: true, ...options };

  expect(await compareResults(session, fewer)).toMatchObject({
    kind: 'different',
    because: '3 rows on one side, 2 on the other',
  });
  expect(asked).toEqual(new Set(['base: false', 'kept: true']));
});

it('asks as it comes where nothing is kept', async () => {
  const { session, asked } = recording();

  await pairedRuns(session, { base: BASE, served: KEPT, ...options });

  expect(asked).toEqual(new Set(['base: undefined', 'kept: undefined']));
});
