import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, type Lease } from '../../src/materializer/lease.ts';
import { resumeInterrupted } from '../../src/materializer/resume.ts';
import { writing } from '../../src/materializer/work.ts';
import { aBuild, create, openWorkshop, START, TABLE, type Workshop } from './workshop.ts';

const TTL = 60_000;

describe('the lease', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop({ seed: false });
  });
  afterEach(() => shop.close());

  const ask = (holder: string, now: number) => acquireLease(shop, { holder, ttlMs: TTL, now });

  async function take(holder: string, now: number): Promise<Lease> {
    const answer = await ask(holder, now);
    if (answer.kind !== 'held') {
      throw new Error(`busy: ${answer.holder}`);
    }
    return answer.lease;
  }

  it('is not given to a second holder before it expires', async () => {
    const answer = await ask('second', START + TTL - 1);

    expect(answer).toEqual({ kind: 'busy', holder: 'test', until: START + TTL });
  });

  it('is given with a larger token once it expired, and the first holder writes nothing more', async () => {
    const second = await take('second', START + TTL);

    expect(second.token).toBeGreaterThan(shop.lease.token);
    const outcome = await shop.apply([create]);

    expect(outcome.steps[0]).toMatchObject({ code: 'LEASE_LOST' });
    expect(outcome.because).toContain('another Goldsmith took the lease over from test');
    expect(await shop.ledger.entriesSince(0)).toEqual([]);
    await expect(shop.lease.renew(START + TTL)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('aborts a writing transaction that began before the takeover', async () => {
    const late = writing(shop.work, {
      purpose: 'ledger',
      async run(session) {
        await session.execute('create table main.half_done as select 1 as x', { purpose: 'build' });
        await take('second', START + TTL);
      },
    });

    await expect(late).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(
      await shop.rows("select 1 from information_schema.tables where table_name = 'half_done'"),
    ).toEqual([]);
  });

  it('does not stop its own renewal while a writing transaction is open', async () => {
    await writing(shop.work, {
      purpose: 'ledger',
      async run(session) {
        await session.execute('create table main.done as select 1 as x', { purpose: 'build' });
        await shop.lease.renew(START + 30_000);
      },
    });

    expect(await ask('second', START + TTL)).toMatchObject({
      kind: 'busy',
      until: START + TTL + 30_000,
    });
  });

  it('goes back at once to the same holder after a restart, with a larger token', async () => {
    const again = await take('test', START + 1);

    expect(again.token).toBe(shop.lease.token + 1);
    await expect(shop.lease.renew(START + TTL / 2)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('lets the next holder in at once when it is released', async () => {
    await shop.lease.release();

    expect(await ask('second', START + 1)).toMatchObject({ kind: 'held' });
  });

  it('leaves an unfinished build to the next holder, who undoes it', async () => {
    const rest = await openWorkshop();
    try {
      await rest.apply([create]);
      let second: Lease | undefined;
      const outcome = await rest.apply([aBuild()], {
        faults: async ({ moment, nth }) => {
          if (moment === 'inside' && nth === 9) {
            const answer = await acquireLease(rest, {
              holder: 'second',
              ttlMs: TTL,
              now: START + TTL,
            });
            second = answer.kind === 'held' ? answer.lease : undefined;
          }
        },
      });

      expect(outcome.steps[0]).toMatchObject({ code: 'LEASE_LOST', outcome: 'failed' });
      expect(outcome.because).toContain('it could not be undone yet');
      expect(await rest.ledger.openEntries()).toHaveLength(1);
      if (second === undefined) {
        throw new Error('the lease had expired');
      }
      const resumed = await resumeInterrupted({ ...rest.work, lease: second });

      expect(resumed.steps).toMatchObject([
        { outcome: 'undone', detail: `${TABLE} was unfinished and is dropped` },
      ]);
      expect(await rest.ledger.openEntries()).toEqual([]);
    } finally {
      await rest.close();
    }
  });

  it('is held by exactly one of two who ask at the same moment', async () => {
    const now = START + 2 * TTL;
    const answers = await Promise.all([ask('a', now), ask('b', now)]);

    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['busy', 'held']);
  });

  it('fences out even a takeover that commits between the last check and our commit', async () => {
    let attempts = 0;
    const race = shop.connector.transaction(
      async (session) => {
        attempts += 1;
        await shop.lease.check(session);
        await take('second', START + TTL);
        await shop.lease.fence(session);
      },
      { readOnly: false, purpose: 'ledger' },
    );

    await expect(race).rejects.toMatchObject({ code: 'CONNECTOR_CONFLICT' });
    expect(attempts).toBe(1);
    expect(await shop.ledger.readMarts()).toEqual([]);
  });
});
