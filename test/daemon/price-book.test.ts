import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, handTurnedClock } from '../../src/base/clock.ts';
import { ConnectorError } from '../../src/connectors/connector-error.ts';
import type { AccountPrices } from '../../src/cost/account-prices.ts';
import { openPriceBook } from '../../src/daemon/price-book.ts';

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
}: {
  readonly tells?: () => Promise<AccountPrices>;
  readonly file?: string;
}) {
  const clock = handTurnedClock(NOW);
  let asked = 0;
  const readPrices = () => {
    asked += 1;
    return tells();
  };
  const book = openPriceBook({ file, connector: { dialect: 'snowflake', readPrices }, clock });
  return { book, clock, asked: () => asked };
}

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
    const tells = () => Promise.reject(new ConnectorError('CONNECTOR_UNREACHABLE', 'shop'));
    const { book } = beside({ tells });

    await book.refresh();

    expect(book.now().usdPerCoreHour).toBe(3);
    expect(book.untold()?.because).toContain('shop: the warehouse cannot be reached');
  });
});
