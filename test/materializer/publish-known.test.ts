import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, Session } from '../../src/connectors/connector.ts';
import { aBuild, create, DAY, openWorkshop, START, toVersion, type Workshop } from './workshop.ts';

/** Every text that is asked, in its transactions and out of them. */
function listened(connector: Connector, texts: string[]): Connector {
  const hears = (session: Session): Session => ({
    wording: session.wording,
    stream: session.stream.bind(session),
    execute: session.execute.bind(session),
    query: (sql, options) => {
      texts.push(sql);
      return session.query(sql, options);
    },
  });
  return {
    ...connector,
    ...hears(connector),
    readCatalog: (options) => connector.readCatalog(options),
    transaction: (work, options) =>
      connector.transaction((session) => work(hears(session)), options),
    close: () => connector.close(),
  };
}

/** Reads all rows of the stable view, which is the definition as long as it is logical. */
function computesTheView(text: string): boolean {
  return (
    text.startsWith('select count(*)') && /from "?w"?\."?gold"?\."?sales_by_region"?\W/.test(text)
  );
}

describe('publishing the first version of a mart of our own', () => {
  let shop: Workshop;
  let texts: string[];

  beforeEach(async () => {
    shop = await openWorkshop();
    texts = [];
    expect((await shop.apply([create, aBuild()])).because).toBe('all 2 steps are done');
  });
  afterEach(() => shop.close());

  function publish() {
    return shop.apply([toVersion()], { connector: listened(shop.connector, texts) });
  }

  it('rests on what its build proved while the sources are as they were', async () => {
    const flip = await publish();

    expect(flip.because).toBe('its one step is done');
    expect(texts.filter(computesTheView)).toEqual([]);
    expect(await shop.rows('select count(*), sum(orders) from gold.sales_by_region')).toEqual([
      ['4', '400'],
    ]);
  });

  it('compares both sides in full where a source moved', async () => {
    await shop.run('update main.orders set amount = 1 where id = 1');
    await publish();
    expect(texts.filter(computesTheView)).not.toEqual([]);
  });

  it('compares both sides in full where the build is no longer a moment ago', async () => {
    shop.clock.turnTo(START + DAY / 2);
    await publish();
    expect(texts.filter(computesTheView)).not.toEqual([]);
  });
});
