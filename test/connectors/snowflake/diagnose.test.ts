import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector, Needs } from '../../../src/connectors/connector.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const HISTORY = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY';
const observing: Needs = { schemas: ['GOLD'], adoptable: [], writes: false, history: HISTORY };

describe('the doctor beside Snowflake', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  const told = async (needs: Needs, from = connector) =>
    (await from.diagnose?.(needs, { purpose: 'catalog' })) ?? [];
  const trouble = async (needs: Needs, from = connector) =>
    (await told(needs, from)).filter(({ ok, isWarning }) => !ok || isWarning);

  it('finds nothing missing where the grants are there and the history is fresh', async () => {
    await account.server.sql(
      `insert into ${HISTORY} (query_id, end_time) values ('q', now() - interval 30 minute)`,
    );

    expect(await trouble(observing)).toEqual([]);
    expect((await told(observing)).map(({ detail }) => detail)).toEqual([
      'the reader runs as GOLDSMITH_READER on GOLDSMITH_WH',
      expect.stringMatching(/^clocks agree within \d+ ms$/),
      `${HISTORY} may be read and is 30 minutes behind`,
      'attributed credits may be read; no warehouse used credits in the last 7 days',
      'the reader may read what it is shown',
    ]);
  });

  it('tells what of the credits of warehouses was idle time, which no statement costs', async () => {
    const metered = 'SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_METERING_HISTORY';
    const ago = (days: number) => `now() - interval ${days} day`;
    await account.server.sql(`insert into ${metered} values
  (${ago(3)} - interval 1 hour, ${ago(3)}, 'BI_WH', 30, 10), (${ago(4)} - interval 1 hour, ${ago(4)}, 'BI_WH', 10, null),
  (${ago(3)} - interval 1 hour, ${ago(3)}, 'ETL_WH', 20.04, 20.04), (${ago(3)} - interval 1 hour, ${ago(3)}, 'CLOUD_SERVICES_ONLY', 0, 0),
  (${ago(9)} - interval 1 hour, ${ago(9)}, 'BI_WH', 500, 0), (now() - interval 2 hour, now() - interval 1 hour, 'BI_WH', 500, null)`);

    const details = (await told(observing)).map(({ detail }) => detail);
    account.server.denied.add('WAREHOUSE_METERING_HISTORY');
    const blind = await trouble(observing);
    account.server.denied.clear();
    await account.server.sql(`delete from ${metered}`);

    expect(details).toContain(
      'attributed credits may be read; in 7 days to yesterday warehouses used 60 credits, 50 % of them idle, which no statement costs (most: BI_WH 75 % of 40)',
    );
    expect(blind).toMatchObject([
      {
        ok: true,
        detail: expect.stringContaining('may not read WAREHOUSE_METERING_HISTORY'),
        remedy: ['grant database role SNOWFLAKE.USAGE_VIEWER to role "GOLDSMITH_READER";'],
      },
    ]);
  });

  it('warns of a history that is far behind', async () => {
    await account.server.sql(`delete from ${HISTORY}`);
    await account.server.sql(
      `insert into ${HISTORY} (query_id, end_time) values ('q', now() - interval 300 minute)`,
    );

    expect(await trouble(observing)).toMatchObject([
      { ok: true, detail: `${HISTORY} is 300 minutes behind, more than it should be` },
    ]);
  });

  it('prints the grants for a history that may not be read', async () => {
    const needs = { ...observing, history: 'SNOWFLAKE.ACCOUNT_USAGE.HIDDEN' };

    expect(await trouble(needs)).toMatchObject([
      {
        ok: false,
        remedy: ['grant database role SNOWFLAKE.GOVERNANCE_VIEWER to role "GOLDSMITH_READER";'],
      },
    ]);
  });

  it.each([
    ['QUERY_ATTRIBUTION_HISTORY', 'USAGE_VIEWER', 'GOLDSMITH_READER'],
    ['POLICY_REFERENCES', 'GOVERNANCE_VIEWER', 'GOLDSMITH_WRITER'],
  ] as const)('prints exactly the grant for %s', async (hidden, viewer, role) => {
    account.server.denied.add(hidden);
    const needs = { ...observing, schemas: [], writes: true };
    const remedies = (await trouble(needs)).flatMap(({ remedy }) => remedy);
    account.server.denied.clear();

    expect(remedies).toEqual([`grant database role SNOWFLAKE.${viewer} to role "${role}";`]);
  });

  it('prints the grants for a role or a warehouse the user does not get', async () => {
    const { reader } = account.settings();
    const wrong = await account.open({ reader: { ...reader, role: 'ANALYST' }, writer: undefined });
    const idle = await account.open({
      reader: { ...reader, warehouse: 'BIG_WH' },
      writer: undefined,
    });

    expect(await trouble({ ...observing, history: undefined }, wrong)).toMatchObject([
      {
        detail: 'the reader runs as GOLDSMITH_READER, not as ANALYST',
        remedy: ['grant role "ANALYST" to user "GOLDSMITH_READS";'],
      },
    ]);
    expect(await trouble({ ...observing, history: undefined }, idle)).toMatchObject([
      { remedy: ['grant usage on warehouse "BIG_WH" to role "GOLDSMITH_READER";'] },
    ]);
    await wrong.close();
    await idle.close();
  });

  const building: Needs = { ...observing, schemas: [], history: undefined, writes: true };
  const gold = { schema: 'GOLD', kinds: ['view'] } as const;
  const data = {
    schema: 'GOLD_DATA',
    kinds: ['table', 'dynamic table', 'materialized view'],
  } as const;

  it('says which schemas the writer misses, and what it needs in each', async () => {
    expect(await trouble({ ...building, makes: [gold] })).toEqual([
      {
        ok: false,
        isWarning: false,
        detail:
          'the writer GOLDSMITH_WRITER sees no schema GOLD (names are as stored: usually capitals)',
        remedy: [
          'create schema if not exists "SHOP"."GOLD";',
          'grant usage, create view on schema "SHOP"."GOLD" to role "GOLDSMITH_WRITER";',
        ],
      },
    ]);
  });

  it('prints exactly the grants on a schema that are missing, and none that come by another role', async () => {
    const sql = (text: string) => account.server.sql(text);
    await sql('create schema "SHOP"."GOLD"');
    await sql('create schema "SHOP"."GOLD_DATA"');
    const needs = { ...building, makes: [gold, data] };
    expect(await trouble(needs)).toEqual([]);

    const revoked = '"SHOP"."SNOW_INFORMATION".own_schema_revokes';
    await sql(`insert into ${revoked} values ('GOLD_DATA', 'CREATE MATERIALIZED VIEW')`);
    expect(await trouble(needs)).toEqual([
      {
        ok: true,
        isWarning: true,
        detail:
          'the writer GOLDSMITH_WRITER lacks CREATE MATERIALIZED VIEW on the schema GOLD_DATA, so no mart is kept as one there',
        remedy: [
          'grant create materialized view on schema "SHOP"."GOLD_DATA" to role "GOLDSMITH_WRITER";',
        ],
      },
    ]);
    await sql(`delete from ${revoked}`);

    await sql(`insert into ${revoked} values ('GOLD', 'CREATE VIEW'),
      ('GOLD_DATA', 'CREATE DYNAMIC TABLE'), ('GOLD_DATA', 'CREATE TABLE')`);
    expect((await trouble(needs)).map(({ detail, remedy }) => [detail, ...remedy])).toEqual([
      [
        'the writer GOLDSMITH_WRITER lacks CREATE VIEW on the schema GOLD',
        'grant create view on schema "SHOP"."GOLD" to role "GOLDSMITH_WRITER";',
      ],
      [
        'the writer GOLDSMITH_WRITER lacks CREATE TABLE, CREATE DYNAMIC TABLE on the schema GOLD_DATA',
        'grant create table, create dynamic table on schema "SHOP"."GOLD_DATA" to role "GOLDSMITH_WRITER";',
      ],
    ]);

    await sql(
      `insert into "SHOP"."SNOW_INFORMATION".own_members values ('GOLDSMITH_WRITER', 'BUILDERS')`,
    );
    await sql(`insert into "SHOP"."SNOW_INFORMATION".own_schema_grants values
      ('GOLD_DATA', 'OWNERSHIP', 'BUILDERS'), ('GOLD', 'CREATE VIEW', 'STRANGERS')`);
    expect((await trouble(needs)).map(({ detail }) => detail)).toEqual([
      'the writer GOLDSMITH_WRITER lacks CREATE VIEW on the schema GOLD',
    ]);
  });

  it('warns of a view that may be taken over and belongs to others', async () => {
    await account.server.sql('create view "SHOP"."PUBLIC"."DAILY" as select 1 as "DAY"');

    const needs = {
      ...building,
      makes: [],
      adoptable: [relationId({ schema: 'PUBLIC', name: 'DAILY' })],
    };
    const adopting = (await trouble(needs)).filter(({ detail }) => detail.includes('take it over'));
    expect(adopting).toMatchObject([
      {
        ok: true,
        detail: expect.stringMatching(
          /^the writer GOLDSMITH_WRITER does not own .*DAILY, PEOPLE does, so it cannot take it over$/,
        ),
        remedy: [
          expect.stringMatching(
            /^grant ownership on view .*"DAILY" to role "GOLDSMITH_WRITER" copy current grants;$/,
          ),
        ],
      },
    ]);

    await account.server.sql(
      `insert into "SHOP"."SNOW_INFORMATION".own_policies values ('PUBLIC', 'DAILY', 'ROW_ACCESS_POLICY', null)`,
    );
    const told = (await trouble(needs)).map(({ detail }) => detail);
    expect(told).toContainEqual(
      expect.stringMatching(/DAILY has of its own: row access policy; .* so it is not taken over/),
    );
  });
});
