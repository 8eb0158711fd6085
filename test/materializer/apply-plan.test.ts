import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../src/base/clock.ts';
import type { Connector, Session } from '../../src/connectors/connector.ts';
import { applyPlan } from '../../src/materializer/apply-plan.ts';
import { capsSettings } from '../../src/materializer/settings.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  aBuild,
  aDefinition,
  aPlan,
  BASE_TEXT,
  create,
  DAY,
  dropV1,
  HOUR,
  id,
  openWorkshop,
  release,
  replayPorts,
  SALES,
  START,
  TABLE,
  toLogical,
  toVersion,
  type Workshop,
} from './workshop.ts';

const ANSWER = 'select * from gold.sales_by_region order by all';

describe('applying a plan', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
  });
  afterEach(() => shop.close());

  it('takes a mart through its whole life, and readers see the same answers all along', async () => {
    const created = await shop.apply([create]);
    const before = await shop.rows(ANSWER);

    expect(created.because).toBe('its one step is done');
    const built = await shop.apply([aBuild(), toVersion()]);

    expect(built.steps.map(({ detail }) => detail)).toEqual([
      expect.stringContaining(`${SALES} v1 is built hidden and proved equal: 4 rows, 1 statements`),
      `${SALES} answers from version 1 until 2026-06-02T00:00:00.000Z`,
    ]);
    expect(await shop.rows(ANSWER)).toEqual(before);
    const [physical] = await shop.ledger.readMarts();
    expect(physical).toMatchObject({ stage: 'physical', current: { version: 1, rows: 4 } });

    await shop.apply([toLogical]);
    const early = await shop.apply([dropV1]);

    expect(early.steps[0]).toMatchObject({ code: 'GRACE_RUNS', outcome: 'failed' });
    expect(early.because).toContain('was hidden 0ms ago and stays for 7d');
    shop.clock.turnTo(START + 7 * DAY);
    const ended = await shop.apply([dropV1, release]);

    expect(ended.kind).toBe('applied');
    expect(await shop.ledger.readMarts()).toEqual([]);
    expect(
      await shop.rows(
        "select table_name from information_schema.tables where table_schema in ('gold', 'gold_data')",
      ),
    ).toEqual([]);
  });

  it('does a plan once: steps the journal shows as done are not done again', async () => {
    const first = await shop.apply([create]);
    const again = await shop.apply([create]);

    expect(first.steps[0]?.code).toBe('DONE');
    expect(again).toMatchObject({ kind: 'applied', steps: [{ code: 'DONE_BEFORE' }] });
  });

  it('puts the cpu time of its own statements on the debit side', async () => {
    const outcome = await shop.apply([create, aBuild()]);

    const kinds = new Set(outcome.work.map(({ kind }) => kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['build', 'verification', 'facts', 'daemon']),
    );
    expect(outcome.work.every(({ cpuMs, relation }) => cpuMs >= 0 && relation === SALES)).toBe(
      true,
    );
  });

  it('refuses in mode observe, unapproved in mode propose, expired, and altered', async () => {
    const observe = await shop.apply([create], { mode: 'observe' });
    const propose = await shop.apply([create], { mode: 'propose' });
    const approved = await shop.apply([create], { mode: 'propose', approved: true });

    expect(observe).toMatchObject({ kind: 'refused', because: expect.stringContaining('observe') });
    expect(propose.because).toContain('a person has to approve');
    expect(approved.kind).toBe('applied');

    const plan = aPlan([release], START);
    const late = await applyPlan(plan, { ...shop.parts(), clock: handTurnedClock(START + DAY) });
    const altered = await applyPlan({ ...plan, expiresAt: START + 2 * DAY }, shop.parts());

    expect(late.because).toBe('the plan expired 82800 s ago; make a new one');
    expect(altered.because).toContain('it was changed after it was made');
  });

  it('stops at the first refusal of a mart and leaves its later steps undone', async () => {
    const unequal = replayPorts({
      rewriteForReplay: async (_fingerprint, text, { table }) => ({
        base: text,
        served: `select region, amount + 1 as amount from ${table}`,
      }),
    });
    const outcome = await shop.apply([create, aBuild(), toVersion()], { replay: unequal });

    expect(outcome.kind).toBe('stopped');
    expect(outcome.steps.map(({ outcome: how }) => how)).toEqual(['done', 'failed', 'skipped']);
    expect(outcome.because).toContain('statement f1 answers differently on the mart');
    expect(
      await shop.rows(
        `select 1 from information_schema.tables where table_name = 'sales_by_region__v1'`,
      ),
    ).toEqual([]);
    expect(outcome.work.some(({ kind }) => kind === 'failed-build')).toBe(true);
    expect(await shop.ledger.readRefusals()).toMatchObject([{ code: 'CHECK_ANSWERS_SAMPLES' }]);
  });

  it('remembers a build that ran into the time limit, the time it took and why', async () => {
    const endless = `select c.region, count(*) as orders, sum(o.amount) as amount from w.main.orders o
join w.main.customers c on c.id = o.customer_id, range(100000000000) as r group by c.region`;
    const connector = withBuildLimit(shop.connector, 300);
    const definition = aDefinition({ sql: endless });

    const endlessly: Action = { kind: 'create-mart', mart: SALES, definition };

    const outcome = await shop.apply([endlessly, aBuild(), toVersion()], { connector });

    expect(outcome.steps.map(({ code }) => code)).toEqual([
      'DONE',
      'CONNECTOR_TIMEOUT',
      'NOT_BEGUN',
    ]);
    const [failed] = outcome.work.filter(({ kind }) => kind === 'failed-build');
    expect(failed?.cpuMs).toBeGreaterThanOrEqual(299);
    expect(failed?.tookMs).toBeGreaterThanOrEqual(299);
    expect(failed?.because).toBe(outcome.steps[1]?.detail);
    expect(failed?.because).toContain('did not finish in time');
  });

  it('refuses a build whose join key is not unique, with the number of rows', async () => {
    await shop.apply([create]);
    await shop.run("insert into main.customers values (3, 'r9')");

    const outcome = await shop.apply([aBuild()]);

    expect(outcome.steps[0]).toMatchObject({
      code: 'CHECK_OBLIGATIONS_HOLD',
      evidence: { rows: 1 },
    });
    expect(outcome.because).toContain(
      '(id) should be unique in w.main.customers, and 1 row repeats',
    );
  });

  it('refuses a mart that is not faster by the minimum gain', async () => {
    const same = replayPorts({
      rewriteForReplay: async () => ({ base: BASE_TEXT, served: BASE_TEXT }),
    });
    const outcome = await shop.apply([create, aBuild({ minimumGain: 0.99 })], { replay: same });

    expect(outcome.steps[1]).toMatchObject({ code: 'CHECK_GAINS_ENOUGH' });
    expect(outcome.because).toMatch(/a cut of -?\d+ %, at least 99 % is asked for/);
  });

  it('refuses to promote when nothing could be replayed, and says why', async () => {
    const outcome = await shop.apply([create, aBuild()], {
      replay: replayPorts({ isSafeToReplay: () => ({ safe: false, because: 'it calls getenv' }) }),
    });

    expect(outcome.because).toContain(
      'none of 1 statement could be replayed on both sides (the first because it calls getenv)',
    );
  });

  it('refuses what would be stale beyond its bound, whatever the plan says', async () => {
    await shop.apply([create, aBuild()]);

    const outcome = await shop.apply([toVersion({ freshUntil: START + 2 * DAY })]);

    expect(outcome.because).toContain('may be 1d old, the plan would let it be 2d');
  });

  it('renews an expiry after looking at the sources, and refuses when they moved', async () => {
    await shop.apply([create, aBuild(), toVersion()]);
    shop.clock.turnTo(START + DAY / 2);
    const renewed = await shop.apply([toVersion({ freshUntil: START + DAY * 1.5 })]);
    const [mart] = await shop.ledger.readMarts();

    expect(renewed.kind).toBe('applied');
    expect(mart?.current?.verifiedFreshAt).toBe(START + DAY / 2);

    await shop.run('insert into main.orders values (1000, 1, 5)');
    shop.clock.turnTo(START + DAY);
    const refused = await shop.apply([toVersion({ freshUntil: START + 2 * DAY })]);

    expect(refused.because).toContain('w.main.orders had 400 rows and has 401');
  });

  it('carries its own expiry in SQL where the warehouse runs on our clock', async () => {
    const now = Date.now();
    const clock = { ...shop.clock, kind: 'system' as const, now: () => now };
    await shop.apply([create, aBuild()], { clock });
    await shop.apply([toVersion({ freshUntil: now + HOUR })], { clock });
    const [view] = await shop.rows(
      "select view_definition from information_schema.views where table_name = 'sales_by_region'",
    );
    const [plan] = await shop.rows(`explain ${ANSWER}`);

    expect(String(view?.[0])).toContain('FROM query(');
    expect(String(plan?.[1])).not.toContain('JOIN');
    expect(String(plan?.[1])).toContain('sales_by_region__v1');
  });

  it('answers from the logical definition again by itself once its expiry has passed', async () => {
    const hourAgo = Date.now() - HOUR;
    const clock = { ...shop.clock, kind: 'system' as const, now: () => hourAgo };
    await shop.apply([create, aBuild(), toVersion({ freshUntil: hourAgo + HOUR / 2 })], { clock });
    await shop.run('insert into main.orders values (1000, 1, 5)');

    expect(await shop.rows('select sum(orders) from gold.sales_by_region')).toEqual([['401']]);
  });

  it('builds a mart of floating-point sums that no two runs add in the same order', async () => {
    await shop.run(
      'create table main.measures as select range % 5 as k, random() * 1e6 as x from range(300000)',
    );
    const definition = aDefinition({
      relation: id('w.gold.float_sums'),
      sql: 'select k, sum(x) as x, avg(x) as mean from w.main.measures group by k',
      columns: [
        { name: 'k', type: 'BIGINT' },
        { name: 'x', type: 'DOUBLE' },
        { name: 'mean', type: 'DOUBLE' },
      ],
      sources: [id('w.main.measures')],
      obligations: [],
    });
    const mart = definition.relation;
    const table = id('w.gold_data.float_sums__v1');
    const outcome = await shop.apply([
      { kind: 'create-mart', mart, definition },
      aBuild({ mart, table, reason: 'refresh', replay: [] }),
      {
        kind: 'repoint-view',
        mart,
        to: { kind: 'version', version: 1, table, freshUntil: START + DAY },
      },
    ]);

    expect(outcome.because).toBe('all 3 steps are done');
  });

  it('quotes names that are words of SQL, or hold blanks and quotes', async () => {
    await shop.run(`create table main."group" as select 1 as "select", 'x' as "a ""b"""`);
    const relation = id('w.gold."order by"');
    const table = id('w.gold_data."order by__v1"');
    const definition = aDefinition({
      relation,
      sql: 'select "select", "a ""b""" from w.main."group"',
      columns: [
        { name: 'select', type: 'INTEGER' },
        { name: 'a "b"', type: 'VARCHAR' },
      ],
      sources: [id('w.main.group')],
      obligations: [{ kind: 'unique-key', relation: id('w.main.group'), columns: ['a "b"'] }],
    });
    const outcome = await shop.apply([
      { kind: 'create-mart', mart: relation, definition },
      aBuild({ mart: relation, table, reason: 'refresh', replay: [] }),
      {
        kind: 'repoint-view',
        mart: relation,
        to: { kind: 'version', version: 1, table, freshUntil: START + DAY },
      },
    ]);

    expect(outcome.because).toBe('all 3 steps are done');
    expect(await shop.rows('select * from gold."order by"')).toEqual([[1, 'x']]);
  });

  it('counts builds in the journal, failed ones too, and refuses the one too many itself', async () => {
    const caps = capsSettings.parse({ buildsPerDay: 1 });
    await shop.apply([create]);
    await shop.apply([aBuild({ budget: { cpuMs: 0, bytes: 0 } })], { caps });

    const second = await shop.apply([aBuild(), toVersion()], { caps });

    expect(second.steps.map(({ code }) => code)).toEqual(['CAP_BUILDS_PER_DAY', 'NOT_BEGUN']);
    shop.clock.turnTo(START + DAY);
    const nextDay = await shop.apply([aBuild()], { caps });

    expect(nextDay.because).toBe('its one step is done');
  });

  it('stops between two steps when the kill switch is thrown', async () => {
    let thrown = false;
    const outcome = await shop.apply([create, aBuild()], {
      killSwitch: () => thrown,
      faults: ({ moment }) => {
        thrown = moment === 'after';
      },
    });

    expect(outcome.steps.map(({ code }) => code)).toEqual(['DONE', 'CAP_KILL_SWITCH']);
    expect(outcome.because).toContain('the kill switch is on; take it off to go on');
  });

  it('replaces a version by a newer one, keeps the old hidden, and drops it after a day', async () => {
    await shop.apply([create, aBuild(), toVersion()]);
    await shop.run('insert into main.orders values (1000, 1, 5)');
    shop.clock.turnTo(START + DAY / 2);
    const table = `${TABLE.slice(0, -1)}2` as typeof TABLE;
    const refresh = aBuild({ version: 2, table, reason: 'refresh', replay: [] });
    const flip = toVersion({ version: 2, table, freshUntil: START + 1.5 * DAY });
    const refreshed = await shop.apply([refresh, flip]);
    const tooEarly = await shop.apply([dropV1]);
    shop.clock.turnTo(START + 2 * DAY);
    const dropped = await shop.apply([dropV1]);

    expect(refreshed.because).toBe('all 2 steps are done');
    expect(tooEarly.because).toContain('stays for 1d');
    expect(dropped.kind).toBe('applied');
    expect(await shop.rows('select sum(orders) from gold.sales_by_region')).toEqual([['401']]);
  });
});

/** What builds gets no longer than this. */
function withBuildLimit(connector: Connector, timeoutMs: number): Connector {
  const limited = Object.create(connector) as Connector;
  limited.transaction = (work, options) =>
    connector.transaction((session) => {
      const own = Object.create(session) as Session;
      own.execute = (sql, asked) =>
        session.execute(sql, asked.purpose === 'build' ? { ...asked, timeoutMs } : asked);
      return work(own);
    }, options);
  return limited;
}
