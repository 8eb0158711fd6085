import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

describe('a Databricks warehouse', () => {
  const options: CallOptions = { purpose: 'catalog' };
  let server: DatabricksServer;
  let connector: Connector;

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  async function cellsOf(sql: string) {
    return (await connector.query(sql, options)).rows;
  }
  const relation = (name: string) => relationId({ schema: 'sales', name });

  describe('values', () => {
    it('that are no numbers are texts, and decimals tell their size', async () => {
      const { columns, rows } = await connector.query(
        "select double('NaN') as x, cast(1 as decimal(12, 2)) as d",
        options,
      );

      expect(rows).toEqual([['NaN', '1.00']]);
      expect(columns.map(({ type }) => type)).toEqual(['double', 'decimal(12,2)']);
    });

    it('are refused where two columns have one name, since the driver would lose one', async () => {
      await expect(cellsOf('select 1 as a, 2 as a')).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
        message: expect.stringContaining('name them apart'),
      });
    });
  });

  it('leaves its time limit to the warehouse, too', async () => {
    await connector.query('select 5 as five', { ...options, timeoutMs: 41_500 });

    const texts = server.statements.map(({ text }) => text);
    const sent = texts.findIndex((text) => text.includes('select 5 as five'));
    expect(texts[sent - 1]).toBe('set statement_timeout = 42');
  });

  describe('catalog', () => {
    it('asks no table for its size where nobody needs it', async () => {
      await server.seed('create table sales.sized (id bigint)');
      const isAboutSizes = ({ text }: { readonly text: string }) =>
        /describe detail|count\(/.test(text);
      const before = server.statements.filter(isAboutSizes).length;

      const catalog = await connector.readCatalog({ ...options, withoutSizes: true });

      expect(server.statements.filter(isAboutSizes)).toHaveLength(before);
      const sized = catalog.find(({ id }) => id === relation('sized'));
      expect(sized).toMatchObject({ kind: 'table', columns: [{ name: 'id' }] });
      expect(sized?.rows).toBeUndefined();
      expect(sized?.bytes).toBeUndefined();
    });
  });

  it('tells truthfully that it has no snapshot over tables, and no keys that hold', () => {
    const { oneStatementOneSnapshot, enforcesKeys } = connector.capabilities;

    expect([oneStatementOneSnapshot, enforcesKeys]).toEqual([undefined, undefined]);
  });

  describe('writing', () => {
    it('makes Delta tables and views with comments, as the writer, with a tag', async () => {
      const table = 'gold_data.sales__v1';
      await connector.execute(
        `create or replace table ${table} using delta cluster by (region) comment 'goldsmith: it''s ours' as select 'north' as region, 3 as n`.replace(
          "''",
          String.raw`\'`,
        ),
        { purpose: 'build' },
      );
      await connector.execute(`create or replace view gold.sales as select * from ${table}`, {
        purpose: 'publish',
      });
      const { rowsReturned } = await connector.execute(`insert into ${table} values ('south', 4)`, {
        purpose: 'build',
      });

      expect(rowsReturned).toBe(1);
      expect(await cellsOf('select * from gold.sales order by region')).toEqual([
        ['north', 3],
        ['south', 4],
      ]);
      const sent = server.statements.find(({ text }) => text.includes('create or replace table'));
      expect(sent?.user).toBe('goldsmith-writer');
      expect(sent?.text).toMatch(/^\/\* goldsmith='build',request='[0-9a-f-]{36}' \*\/ /);
      expect(server.tags.get(sent?.id ?? '')).toContain('goldsmith:build');
    });

    it('needs a writer', async () => {
      const { writer: _, ...reading } = targetOn(server);
      const reader = await openDatabricks(reading);

      await expect(reader.execute('drop table sales.x', { purpose: 'drop' })).rejects.toMatchObject(
        {
          code: 'CONNECTOR_READ_ONLY',
          message: expect.stringContaining('warehouse.databricks.writer'),
        },
      );
      expect(reader.capabilities.canWrite).toBe(false);
      await reader.close();
    });

    it('replays what only computes, and says why it replays nothing else', async () => {
      const answered = await connector.query('select 1 as a', { purpose: 'replay' });
      const strange = connector.query("select http_request('x') as a", { purpose: 'replay' });

      expect(answered.rows).toEqual([[1]]);
      await expect(strange).rejects.toMatchObject({
        code: 'CONNECTOR_UNSAFE_REPLAY',
        message: expect.stringContaining('http_request'),
      });
    });
  });

  it('asks the host for nothing but statements', () => {
    expect(server.strange).toEqual([]);
  });

  it('tells the text of a view that the writer owns, as one that is to be taken over', async () => {
    await server.seed('create view shop.gold.to_take as select 1 as x');
    await server.seed(
      "insert into lakehouse.unity.owners values ('gold.to_take', 'goldsmith-writer')",
    );

    const catalog = await connector.readCatalog({ ...options, withoutSizes: true });

    expect(catalog.find(({ id }) => id === 'gold.to_take')?.definitionSql).toMatch(
      /select 1 as x/i,
    );
  });
});
