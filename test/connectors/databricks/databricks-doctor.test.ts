import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { CallOptions, Connector, Needs } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { diagnoseHash } from '../../../src/connectors/databricks/diagnose-hash.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const options: CallOptions = { purpose: 'catalog' };

describe('the doctor of a Databricks warehouse', () => {
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

  async function found(needs: Partial<Needs>) {
    const all: Needs = { schemas: ['gold'], adoptable: [], writes: false, ...needs };
    return (await connector.diagnose?.(all, options)) ?? [];
  }

  it('says that the reader sees nothing, with the grant that helps', async () => {
    const [first] = await found({});

    expect(first).toEqual({
      ok: false,
      isWarning: false,
      detail: 'the reader goldsmith-reader sees no relation in shop',
      remedy: ['grant use catalog, use schema, select on catalog `shop` to `goldsmith-reader`;'],
    });
  });

  it('is content with what it sees, and with the clock', async () => {
    await server.seed('create table shop.sales.orders (id bigint)');

    const findings = await found({});

    expect(findings.map(({ ok }) => ok)).toEqual([true, true]);
    expect(findings[1]?.detail).toMatch(/^clocks agree within \d+ ms$/);
  });

  it('tells a history it may not read from one that is not there, and one that is empty', async () => {
    await server.seed(
      "create view lakehouse.query.forbidden as select now() as end_time, now() as start_time, error('INSUFFICIENT_PERMISSIONS') as executed_by",
    );
    const said = async (history: string) =>
      (await found({ history })).find(({ detail }) => detail.includes('system.query.'));

    expect(await said('system.query.forbidden')).toMatchObject({
      ok: false,
      detail: 'the reader goldsmith-reader may not read system.query.forbidden',
      remedy: [
        'grant use catalog on catalog system to `goldsmith-reader`;',
        'grant use schema, select on schema system.query to `goldsmith-reader`;',
      ],
    });
    expect(await said('system.query.missing')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not exist'),
    });
    expect(await said('system.query.history')).toMatchObject({ ok: true, isWarning: true });
  });

  it('says what the writer is not seen to be allowed', async () => {
    const missing = await found({ writes: true });
    expect(missing.find(({ detail }) => detail.includes('unless by a group'))?.remedy).toEqual([
      'grant use schema, create table, select, modify on schema `gold` to `goldsmith-writer`;',
    ]);

    const give = (right: string) =>
      server.seed(
        `insert into lakehouse.unity.schema_privileges values ('people', 'goldsmith-writer', 'shop', 'gold', '${right}', 'NONE')`,
      );
    await give('CREATE_TABLE');
    const less = await found({ writes: true });
    expect(less.find(({ detail }) => detail.includes('unless by a group'))?.remedy).toEqual([
      'grant use schema, select, modify on schema `gold` to `goldsmith-writer`;',
    ]);
    await give('USE_SCHEMA');
    const granted = await found({ writes: true });
    expect(granted.some(({ detail }) => detail.includes('may make what it needs'))).toBe(true);
    const kept = await found({
      writes: true,
      makes: [{ schema: 'gold', kinds: ['table', 'materialized view'] }],
    });
    expect(kept.find(({ detail }) => detail.includes('unless by a group'))?.remedy).toEqual([
      'grant select, modify, create materialized view on schema `gold` to `goldsmith-writer`;',
    ]);
  });

  it('says which views the writer could not take over, and why', async () => {
    await server.seed('create view shop.gold.theirs as select 1 as x');
    await server.seed('create view shop.gold.ours as select 1 as x');
    // Of what belongs to the reader the writer is not told the text.
    await server.seed(
      "insert into lakehouse.unity.owners values ('gold.theirs', 'goldsmith-reader')",
    );
    const adoptable = ['theirs', 'ours', 'nowhere'].map((name) =>
      relationId({ schema: 'gold', name }),
    );
    const orders = relationId({ schema: 'sales', name: 'orders' });

    const findings = await found({ writes: true, adoptable: [...adoptable, orders] });

    const said = findings.filter(({ detail }) => /take over|taken over|adoptable/.test(detail));
    expect(said).toEqual([
      expect.objectContaining({
        ok: false,
        detail: expect.stringMatching(
          /^the writer goldsmith-writer may not take over gold\.theirs, which belongs to goldsmith-reader: /,
        ),
        remedy: ['alter view `gold`.`theirs` owner to `goldsmith-writer`;'],
      }),
      expect.objectContaining({ isWarning: false, detail: 'the writer may take over gold.ours' }),
      expect.objectContaining({
        isWarning: true,
        detail: expect.stringMatching(/nowhere .* not exist/),
      }),
      expect.objectContaining({
        isWarning: true,
        detail: expect.stringMatching(/orders .* no view/),
      }),
    ]);
  });

  it('says where the reader is not seen to be allowed what the writer makes', async () => {
    const needs = {
      writes: true,
      schemas: ['gold', 'ledger'],
      makes: [
        { schema: 'gold', kinds: ['view'] },
        { schema: 'ledger', kinds: ['table'], isOursAlone: true },
      ],
    } as const;
    const [first] = (await found(needs)).filter(({ detail }) => /writer makes/.test(detail));
    expect(first).toMatchObject({
      isWarning: true,
      remedy: ['grant select on schema `gold` to `goldsmith-reader`;'],
    });

    await server.seed(
      "insert into lakehouse.unity.schema_privileges values ('people', 'goldsmith-reader', 'shop', 'gold', 'SELECT', 'CATALOG')",
    );
    const [second] = (await found({ writes: true })).filter(({ detail }) =>
      /writer makes/.test(detail),
    );
    expect(second).toMatchObject({ isWarning: false, remedy: [] });
  });

  it('says whether the warehouse hashes texts as it should, which rests on its regular expressions', async () => {
    const findings = await found({ history: 'system.query.history' });
    expect(findings).toContainEqual(
      expect.objectContaining({
        isWarning: false,
        detail: 'the warehouse groups texts of statements as it should',
      }),
    );

    // One whose expressions match nothing: what should be one is two.
    const ask = (sql: string) =>
      connector.query(sql.replaceAll('regexp_replace', 'coalesce'), options);
    expect(await diagnoseHash(ask)).toMatchObject({
      ok: true,
      isWarning: true,
      detail: expect.stringMatching(/groups 3 of 9 pairs of texts otherwise .* id = 4711/),
    });
  });

  it('says that a history is late, or that nothing ran', async () => {
    const ended = "now()::timestamp - interval '5 hours'";
    await server.seed(`insert into lakehouse.query.history by name select 's' as statement_id, 'FINISHED' as execution_status,
  'ann' as executed_by, ${ended} as start_time, ${ended} as end_time`);

    const findings = await found({ history: 'system.query.history' });

    expect(findings.find(({ detail }) => detail.includes('system.query.history'))).toMatchObject({
      isWarning: true,
      detail: expect.stringContaining('the latest ended 300 minutes ago: either nothing ran'),
    });
  });
});

describe('what a Databricks warehouse is asked about access', () => {
  let server: DatabricksServer;
  let connector: Connector;
  const sales = relationId({ schema: 'gold', name: 'sales' });

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
    await server.seed('create table shop.gold.sales (id bigint, "Region Name" varchar)');
    await server.seed(`insert into lakehouse.unity.table_privileges values
      ('people', 'analysts', 'shop', 'gold', 'sales', 'SELECT', 'NO', 'NONE'),
      ('people', 'account users', 'shop', 'gold', 'sales', 'SELECT', 'NO', 'SCHEMA')`);
    await server.seed(
      "insert into lakehouse.unity.row_filters values ('shop', 'gold', 'sales', 'shop', 'gold', 'own_region')",
    );
    await server.seed(
      "insert into lakehouse.unity.column_masks values ('shop', 'gold', 'sales', 'id', 'shop', 'gold', 'hidden')",
    );
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  async function rowsOf(sql: string | undefined) {
    return (await connector.query(sql ?? '', options)).rows;
  }

  it('tells grants of the relation itself, owner, and who may read it by way of its schema', async () => {
    const { access } = connector.wording;

    expect(await rowsOf(access?.grants(sales))).toEqual([['analysts', 'SELECT', false, null]]);
    expect(await rowsOf(access?.owner(sales))).toEqual([['people']]);
    expect(await rowsOf(access?.mayRead('somebody', sales))).toEqual([[true]]);
    // The text of a view is told to its owner alone, and ours are the writer's.
    expect(await rowsOf(access?.ourselves)).toEqual([['goldsmith-writer']]);
  });

  it('asks for the way to a table, too: SELECT without USE SCHEMA or USE CATALOG reads nothing', async () => {
    const vault = relationId({ schema: 'vault', name: 'salaries' });
    const may = async () => rowsOf(connector.wording.access?.mayRead('analysts', vault));
    await server.seed('create schema shop.vault');
    await server.seed('create table shop.vault.salaries (amount bigint)');
    // As SELECT on the catalog gives it: a schema is closed by not granting USE SCHEMA.
    await server.seed(`insert into lakehouse.unity.table_privileges values
      ('people', 'analysts', 'shop', 'vault', 'salaries', 'SELECT', 'NO', 'CATALOG')`);

    expect(await may()).toEqual([[false]]);

    await server.seed(
      "insert into lakehouse.unity.schema_privileges values ('people', 'analysts', 'shop', 'vault', 'USE_SCHEMA', 'NONE')",
    );
    expect(await may()).toEqual([[true]]);

    await server.seed(
      "update lakehouse.unity.catalog_privileges set grantee = 'others' where grantee = 'account users'",
    );
    expect(await may()).toEqual([[false]]);
    await server.seed(
      "insert into lakehouse.unity.catalog_privileges values ('people', 'analysts', 'shop', 'ALL_PRIVILEGES', 'METASTORE')",
    );
    expect(await may()).toEqual([[true]]);
  });

  it('tells row filters and masks, which refuse a mart', async () => {
    expect(await rowsOf(connector.wording.access?.rowPolicies(sales))).toEqual([
      ['mask hidden on column id'],
      ['row filter own_region'],
    ]);
  });

  it('tells policies by attributes of a table, its schema and its catalog, and none of others', async () => {
    await server.seed(`insert into lakehouse.unity.abac_policy_definitions values
      ('by_region', 'ROW_FILTER', 'shop', null, null), ('pii', 'COLUMN_MASK', 'shop', 'gold', null), ('may_read', 'GRANT', 'shop', 'gold', null),
      ('elsewhere', 'ROW_FILTER', 'shop', 'silver', null), ('of_others', 'ROW_FILTER', 'shop', 'gold', 'others')`);

    expect(await rowsOf(connector.wording.access?.rowPoliciesNow?.(sales, 'table'))).toEqual([
      ['policy by_region (row filter)'],
      ['policy pii (column mask)'],
    ]);
  });

  it('finds objects and what only tables keep', async () => {
    const { objects } = connector.wording;

    expect(await rowsOf(objects.find(sales))).toEqual([['table', null]]);
    expect(await rowsOf(objects.ownDatabase)).toEqual([['shop']]);
    expect(await rowsOf(objects.schema('gold'))).toEqual([['gold']]);
    const kept: string[] = [];
    for (const { what, sql } of objects.keptByTables(sales)) {
      const [[count] = []] = await rowsOf(sql);
      if (count !== '0') {
        kept.push(what);
      }
    }
    expect(kept).toEqual(['row filters', 'column masks']);
  });

  it('hashes rows alike that are alike, and tells null from what is left out', async () => {
    const { content } = connector.wording;
    const hash = (...values: readonly string[]) =>
      content.rowHash(values.map((sql) => ({ sql, type: 'string' })));

    const [[same, moved] = []] = await rowsOf(
      `select ${hash("'a'", 'null')} = ${hash("'a'", 'null')} as s, ${hash("'a'", 'null')} = ${hash('null', "'a'")} as m`,
    );
    expect([same, moved]).toEqual([true, false]);
    const [[weight] = []] = await rowsOf(
      `select ${content.rowWeight([{ sql: "'a'", type: 'string' }])} as w`,
    );
    expect(Number(weight)).toBeGreaterThan(0);
    expect(Number(weight)).toBeLessThan(1022);
  });
});
