import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { Connector, Needs } from '../../../src/connectors/connector.ts';
import { snowflakeWording } from '../../../src/connectors/snowflake/snowflake-wording.ts';
import { dryRunStatements } from '../../../src/materializer/dry-run.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const HISTORY = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY';
const needs: Needs = {
  schemas: ['GOLD', 'GOLD_DATA', 'GOLDSMITH'],
  makes: [
    { schema: 'GOLD', kinds: ['view'] },
    { schema: 'GOLD_DATA', kinds: ['table', 'dynamic table', 'materialized view'] },
    { schema: 'GOLDSMITH', kinds: ['table'], isOursAlone: true },
  ],
  adoptable: [],
  writes: true,
  history: HISTORY,
  sessions: 'SNOWFLAKE.ACCOUNT_USAGE.SESSIONS',
};
// What is said of takeovers and single sources is the operator's word; the rest of what is commented out goes with native shapes.
const FILE = readFileSync('config/grants/snowflake.sql', 'utf8').replaceAll(
  /^-- (grant [^<\n]*;)$/gm,
  '$1',
);

describe('the grants file of Snowflake', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    await account.server.sql('create schema "SHOP"."GOLD"');
    await account.server.sql('create table "SHOP"."PUBLIC"."ORDERS" ("ID" int)');
    await account.server.sql('create view "SHOP"."PUBLIC"."RECENT" as select 1 as "ID"');
    await account.server.sql(
      `insert into ${HISTORY} (query_id, end_time) values ('q', now() - interval 30 minute)`,
    );
    await account.server.grant(FILE);
    connector = await account.open();
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  async function missing(): Promise<readonly string[]> {
    const found = (await connector.diagnose?.(needs, { purpose: 'catalog' })) ?? [];
    const prices = await connector.readPrices?.({ purpose: 'catalog' });
    return [
      ...found.filter(({ ok, isWarning }) => !ok || isWarning).flatMap(({ remedy }) => remedy),
      ...(prices !== undefined && 'remedy' in prices ? prices.remedy : []),
    ].map(plain);
  }

  it('leaves nothing missing, and each grant of it is named by the doctor, and no other, when it is gone', async () => {
    expect(await missing()).toEqual([]);

    const grants = grantsOf(FILE);
    for (const gone of together(grants)) {
      await account.server.grant(gone.map(revokeOf).join(''));
      expect((await missing()).toSorted()).toEqual(gone.map(plain).toSorted());
      await account.server.grant(gone.join(''));
    }

    expect(await missing()).toEqual([]);
    expect(grants.length).toBeGreaterThan(30);
  });

  it('names the grant to use a schema where kinds of statement are tried, which the account tells as one that is not there', async () => {
    const catalog = await connector.readCatalog({ purpose: 'catalog' });
    const target = {
      sample: catalog.find(({ id }) => id.endsWith('ORDERS')),
      goldSchema: 'GOLD',
      dataSchema: 'GOLD_DATA',
      ledgerSchema: 'GOLDSMITH',
      writes: true,
    };
    const refused = async () =>
      (await dryRunStatements(connector, target)).filter(({ outcome }) => outcome === 'refused');
    const grant = 'grant usage on schema "SHOP"."GOLD_DATA" to role "GOLDSMITH_WRITER"';
    expect(await refused()).toEqual([]);

    await account.server.grant('revoke usage on schema SHOP.GOLD_DATA from role GOLDSMITH_WRITER;');
    const told = await refused();
    await account.server.grant(`${grant};`);

    expect(told.find(({ kind }) => kind === 'build a table')?.detail).toBe(
      `test: the warehouse has no such relation (any more), or our role may not see it; check the name and the role’s grants, or run the next cycle (Schema 'SHOP.GOLD_DATA'); it is there: ${grant};`,
    );
    expect(await refused()).toEqual([]);
  });

  it('names what came into a schema that the reader has no grant on', async () => {
    await account.server.sql('create table "SHOP"."GOLD_DATA"."SALES__V1" ("ID" int)');
    await account.server.sql(
      `insert into "SHOP"."SNOW_INFORMATION".own_owners values ('GOLD_DATA', 'SALES__V1', 'GOLDSMITH_WRITER')`,
    );

    expect(await missing()).toEqual([
      'grant select on all tables in schema SHOP.GOLD_DATA to role GOLDSMITH_READER',
    ]);
    await account.server.sql('drop table "SHOP"."GOLD_DATA"."SALES__V1"');
  });

  it('lets the reader see what a dynamic table is, and that it is suspended, by MONITOR alone', async () => {
    const [wording] = snowflakeWording.native ?? [];
    const table = relationId({ schema: 'GOLD_DATA', name: 'TOTALS__V1' });
    const made = wording?.create({
      kind: 'dynamic table',
      relation: table,
      comment: 'ours',
      select: 'select 1 as id',
      definition: '',
      lagMs: 3_600_000,
      compute: 'GOLDSMITH_WH',
    });
    for (const sql of [...(made ?? []), wording?.rest?.(table) ?? '']) {
      await connector.execute(sql, { purpose: 'build' });
    }
    const of = async (sql: string | undefined) =>
      (await connector.query(sql ?? '', { purpose: 'verify' })).rows[0]?.[0];
    const asked = async () => [
      await of(wording?.trouble?.(table)),
      await of(wording?.text(table)).catch(codeOf),
    ];

    expect(await asked()).toEqual([
      'it is suspended (USER_SUSPENDED)',
      expect.stringContaining('create transient dynamic table'),
    ]);
    await account.server.grant(
      'revoke monitor on all dynamic tables in schema SHOP.GOLD_DATA from role GOLDSMITH_READER',
    );
    expect(await asked()).toEqual([
      'it is not shown to us: the reader lacks MONITOR on it',
      'CONNECTOR_RELATION_MISSING',
    ]);
  });
});

/** What it grants, one privilege to one role at a time; but what future relations of other people will have cannot be missing yet. */
function grantsOf(file: string): readonly string[] {
  return file
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((sql) => sql.trim().replaceAll(/\s+/g, ' '))
    .filter((sql) => sql.startsWith('grant ') && !/ on future .* in schema SHOP.PUBLIC/.test(sql))
    .flatMap((sql) => {
      const [, privileges = '', rest = ''] = /^grant (.+?)( on .+)$/.exec(sql) ?? [];
      return privileges === ''
        ? [`${sql};`]
        : privileges.split(', ').map((privilege) => `grant ${privilege}${rest};`);
    });
}

/** What one role lacks of one privilege, in several places; but without a role, a warehouse or its database nothing else is seen. */
function together(grants: readonly string[]): readonly (readonly string[])[] {
  return [
    ...Map.groupBy(grants, (grant) => {
      const [, what = '', to = ''] =
        /^grant (database role|.+ on (?:schema|all|future)|.+) .*?to (?:role|user) (\S+);$/.exec(
          grant,
        ) ?? [];
      return `${what.replace(/ on (all|future)$/, '')} ${to}`;
    }).values(),
  ];
}

function revokeOf(grant: string): string {
  return grant.replace(/^grant /, 'revoke ').replace(/ to (?=(role|user) \S+;$)/, ' from ');
}

function plain(sql: string): string {
  return sql.replaceAll(/[";]/g, '').replaceAll(/\s+/g, ' ');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
