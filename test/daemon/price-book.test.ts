import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import { ConnectorError } from '../../src/connectors/connector-error.ts';
import type { AccountPrices, NoAccountPrices } from '../../src/cost/account-prices.ts';
import { openPriceBook } from '../../src/daemon/price-book.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const NOW = Date.UTC(2026, 10, 22);
const TOLD: AccountPrices = {
  kind: 'told',
  from: '2026-11-21',
  usdPerCoreHour: 2.2,
  source: 'the contract',
};

/** A book beside an account, and how often that was asked. */
function beside({
  tells = async () => TOLD,
  file,
  store = openStore(':memory:'),
}: {
  readonly tells?: () => Promise<AccountPrices | NoAccountPrices>;
  readonly file?: string;
  readonly store?: Store;
}) {
  const clock = handTurnedClock(NOW);
  let asked = 0;
  const readPrices = () => {
    asked += 1;
    return tells();
  };
  const parts = {
    file,
    connector: { dialect: 'snowflake', readPrices } as const,
    clock,
    documents: store.documents,
  };
  return {
    book: openPriceBook(parts),
    clock,
    asked: () => asked,
    again: () => openPriceBook(parts),
  };
}

const unreachable = () => Promise.reject(new ConnectorError('CONNECTOR_UNREACHABLE', 'shop'));

describe('the prices in force', () => {
  it('are the account’s once it was asked, and it is asked once a day', async () => {
    const { book, clock, asked } = beside({});
    expect(book.now().usdPerCoreHour).toBe(3);

    await book.refresh();
    await book.refresh();

    expect(book.now()).toMatchObject({ usdPerCoreHour: 2.2, source: 'the contract' });
    expect(asked()).toBe(1);
    clock.turnTo(NOW + DAY_MS);
    await book.refresh();
    expect(asked()).toBe(2);
  });

  it('are the operator’s where there is a list of theirs: the account is not asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goldsmith-prices-'));
    const file = join(folder, 'prices.yaml');
    writeFileSync(
      file,
      '- {warehouse: snowflake, from: 2026-01-01, usdPerCoreHour: 1.5, usdPerGbMonth: 0.02, source: ours}',
    );
    const { book, asked } = beside({ file });

    await book.refresh();

    expect(book.now().usdPerCoreHour).toBe(1.5);
    expect(asked()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('are the shipped ones while the account cannot be asked, and it is said why', async () => {
    const { book } = beside({ tells: unreachable });

    await book.refresh();

    expect(book.now().usdPerCoreHour).toBe(3);
    expect(book.untold()?.because).toContain('shop: the warehouse cannot be reached');
  });

  it('stay the account’s own of before while it cannot be asked, with their day, also after a restart', async () => {
    let tells: () => Promise<AccountPrices> = async () => TOLD;
    const { book, clock, asked, again } = beside({ tells: () => tells() });
    await book.refresh();
    tells = unreachable;
    clock.turnTo(NOW + DAY_MS);

    await book.refresh();

    expect(book.now()).toMatchObject({ usdPerCoreHour: 2.2, source: 'the contract' });
    expect(book.untold()).toMatchObject({
      heldSince: '2026-11-22',
      because: expect.stringMatching(
        /^shop: the warehouse cannot be reached.*; what it told on 2026-11-22 holds until it tells again$/,
      ),
    });
    const restarted = again();
    expect(restarted.now().usdPerCoreHour).toBe(2.2);
    await restarted.refresh();
    expect(restarted.untold()?.heldSince).toBe('2026-11-22');

    tells = async () => ({ ...TOLD, usdPerCoreHour: 2.5 });
    clock.turnTo(NOW + DAY_MS + HOUR_MS);
    await book.refresh();
    expect(book.now().usdPerCoreHour).toBe(2.5);
    expect(book.untold()).toBeUndefined();
    expect(asked()).toBe(4);
  });

  it('stay the account’s own of before where it refuses to tell, and it is asked a day later', async () => {
    const remedy = ['grant it;'];
    let tells: () => Promise<AccountPrices | NoAccountPrices> = async () => TOLD;
    const { book, clock, asked } = beside({ tells: () => tells() });
    await book.refresh();
    tells = async () => ({ kind: 'untold', because: 'R may not read the sheet', remedy });
    clock.turnTo(NOW + DAY_MS);
    await book.refresh();
    clock.turnTo(NOW + DAY_MS + HOUR_MS);
    await book.refresh();

    expect(book.now().usdPerCoreHour).toBe(2.2);
    expect(book.untold()).toEqual({
      kind: 'untold',
      because: 'R may not read the sheet; what it told on 2026-11-22 holds until it tells again',
      remedy,
      heldSince: '2026-11-22',
    });
    expect(asked()).toBe(2);
  });
});
