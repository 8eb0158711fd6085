import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
      'attributed credits may be read',
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

  it('says which schemas the writer misses', async () => {
    const needs = { ...observing, history: undefined, writes: true };

    expect((await trouble(needs)).map(({ ok, detail }) => [ok, detail])).toEqual([
      [
        false,
        'the writer GOLDSMITH_WRITER sees no schema GOLD (names are as stored: usually capitals)',
      ],
    ]);
  });
});
