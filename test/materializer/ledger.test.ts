import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/materializer/ledger.ts';
import { aBuild, create, openWorkshop, SALES, toVersion, type Workshop } from './workshop.ts';

describe('the ledger', () => {
  let shop: Workshop;

  beforeEach(async () => {
    shop = await openWorkshop();
  });
  afterEach(() => shop.close());

  it('reads as empty where there is none, without creating it', async () => {
    const other = openLedger(shop.connector, { schema: 'elsewhere' });

    expect(await other.readMarts()).toEqual([]);
    expect(await other.openEntries()).toEqual([]);
    expect(
      await shop.rows("select 1 from information_schema.schemata where schema_name = 'elsewhere'"),
    ).toEqual([]);
  });

  it('is created once: ensuring it again changes nothing', async () => {
    await shop.apply([create]);

    await shop.ledger.ensure();

    expect(await shop.ledger.readMarts()).toHaveLength(1);
  });

  it('refuses a ledger of a newer Goldsmith and leaves it untouched', async () => {
    await shop.run('update goldsmith.meta set ledger_version = 2');

    const reopened = openLedger(shop.connector, { schema: 'goldsmith' });

    await expect(reopened.readMarts()).rejects.toMatchObject({ code: 'LEDGER_NEWER' });
    await expect(reopened.ensure()).rejects.toThrow(
      'the ledger in schema goldsmith has version 2, this Goldsmith knows 1: nothing was touched; start the newer Goldsmith',
    );
  });

  it('gives a mart back as it was written, and the journal every step with its outcome', async () => {
    await shop.apply([create, aBuild(), toVersion()]);

    const [mart] = await shop.ledger.readMarts();
    const entries = await shop.ledger.entriesSince(0);

    expect(mart).toMatchObject({
      definition: create.kind === 'create-mart' ? create.definition : {},
      stage: 'physical',
      current: {
        version: 1,
        facts: { uniqueKeys: [{ relation: 'w.main.customers', columns: ['id'] }] },
        sourceStates: [
          { relation: 'w.main.customers', rows: 20 },
          { relation: 'w.main.orders', rows: 400 },
        ],
      },
      hidden: [],
    });
    expect(entries.map(({ action, outcome }) => [action.kind, outcome])).toEqual([
      ['create-mart', 'done'],
      ['build-version', 'done'],
      ['repoint-view', 'done'],
    ]);
    expect(entries[1]?.action).toEqual(aBuild());
    expect(entries.every(({ fencingToken }) => fencingToken === shop.lease.token)).toBe(true);
  });

  it('keeps what a person declined', async () => {
    const refusal = {
      at: 5,
      relation: SALES,
      digest: 'd1',
      code: 'declined',
      because: "not wanted: 'quoted'",
      evidence: { by: 'ann' },
    };
    await shop.connector.transaction((session) => shop.ledger.recordRefusal(refusal, session), {
      readOnly: false,
      purpose: 'ledger',
    });

    expect(await shop.ledger.readRefusals()).toEqual([refusal]);
  });
});
