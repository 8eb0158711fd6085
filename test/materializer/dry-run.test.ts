import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { dryRunStatements } from '../../src/materializer/dry-run.ts';
import { openWorkshop } from './workshop.ts';

describe('every kind of statement, tried on DuckDB', () => {
  let shop: Awaited<ReturnType<typeof openWorkshop>>;
  beforeAll(async () => {
    shop = await openWorkshop();
  });
  afterAll(() => shop.close());

  async function target() {
    const catalog = await shop.connector.readCatalog({ purpose: 'catalog' });
    const sample = catalog.find(({ kind }) => kind === 'table');
    const schemas = { goldSchema: 'gold_new', dataSchema: 'gold_data', ledgerSchema: 'ledger_new' };
    return { catalog, target: { ...schemas, sample, writes: true } };
  }

  it('is accepted, and nothing is changed', async () => {
    const { catalog, target: asked } = await target();

    const results = await dryRunStatements(shop.connector, asked);

    expect(results.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    expect(results.length).toBeGreaterThan(20);
    expect(await shop.connector.readCatalog({ purpose: 'catalog' })).toEqual(catalog);
  });

  it('tells which kind is refused and why, and what was not tried after it', async () => {
    const { target: asked } = await target();
    const sample = asked.sample && {
      ...asked.sample,
      id: relationId({ schema: 'x', name: 'gone' }),
    };

    const results = await dryRunStatements(shop.connector, { ...asked, sample, writes: false });

    const [first, second, third] = results;
    expect(first?.outcome).toBe('accepted');
    expect(second).toMatchObject({
      kind: 'ask for names and types',
      outcome: 'refused',
      detail: expect.stringContaining('gone'),
    });
    expect(third).toMatchObject({ outcome: 'not-tried' });
  });

  it('looks at every statement of a kind, also at those after one that is refused', async () => {
    const { target: asked } = await target();
    const connector = Object.assign(Object.create(shop.connector) as typeof shop.connector, {
      dryRun: async (sql: string) => {
        const on = /^comment on (view|column)/.exec(sql)?.[1];
        if (on !== undefined) {
          throw new Error(`no comment on a ${on}`);
        }
      },
      transaction: shop.connector.transaction.bind(shop.connector),
      query: shop.connector.query.bind(shop.connector),
    });

    const results = await dryRunStatements(connector, asked);

    expect(results.find(({ kind }) => kind === 'comment on a view')).toEqual({
      kind: 'comment on a view',
      outcome: 'refused',
      detail: 'no comment on a view; no comment on a column',
    });
  });

  it('goes to the dry run of a warehouse that has one, one by one, and none is sent', async () => {
    const { target: asked } = await target();
    const checked: string[] = [];
    const connector = Object.assign(Object.create(shop.connector) as typeof shop.connector, {
      dryRun: async (sql: string) => void checked.push(sql),
      transaction: shop.connector.transaction.bind(shop.connector),
      query: shop.connector.query.bind(shop.connector),
    });

    const results = await dryRunStatements(connector, asked);

    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect(checked.some((sql) => sql.startsWith('create or replace view'))).toBe(true);
    expect(checked.some((sql) => sql.startsWith('comment on view'))).toBe(true);
  });
});
