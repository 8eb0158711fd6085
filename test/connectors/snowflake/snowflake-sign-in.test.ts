import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snowflakeSettings } from '../../../src/connectors/snowflake/settings.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

describe('signing in to Snowflake', () => {
  let account: SnowflakeAccount;

  beforeAll(async () => {
    account = await snowflakeAccount();
  });
  afterAll(() => account.server.stop());

  async function whoSignsIn(signIn: object): Promise<unknown> {
    const reader = { role: 'GOLDSMITH_READER', warehouse: 'GOLDSMITH_WH', signIn };
    const connector = await account.open({ reader, writer: undefined });
    try {
      const { rows } = await connector.query('select current_user()', { purpose: 'catalog' });
      return rows[0]?.[0];
    } finally {
      await connector.close();
    }
  }

  it('works with a programmatic access token', async () => {
    const tokenFile = account.secret('a-programmatic-token\n');

    expect(await whoSignsIn({ method: 'token', user: 'goldsmith_reads', tokenFile })).toBe(
      'GOLDSMITH_READS',
    );
  });

  it('works with an OAuth token that others keep fresh', async () => {
    const tokenFile = account.secret('an-oauth-token');

    expect(await whoSignsIn({ method: 'oauth-token', user: 'goldsmith_reads', tokenFile })).toBe(
      'GOLDSMITH_READS',
    );
  });

  it('works with OAuth client credentials: the token is asked of the provider', async () => {
    const signIn = {
      method: 'oauth-client-credentials',
      user: 'goldsmith_reads',
      clientId: 'goldsmith',
      clientSecretFile: account.secret('a-client-secret'),
      tokenUrl: `${account.server.url}/oauth/token-request`,
      scope: 'session:role:GOLDSMITH_READER',
    };

    expect(await whoSignsIn(signIn)).toBe('GOLDSMITH_READS');
    expect(account.server.paths).toContain('/oauth/token-request');
  });

  it('works with an encrypted private key and its passphrase is asked for', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKeyFile = account.secret(
      privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
        .toString(),
    );
    const signIn = { method: 'key-pair', user: 'GOLDSMITH_READS', privateKeyFile };

    await expect(whoSignsIn(signIn)).rejects.toMatchObject({ code: 'WAREHOUSE_KEY_UNREADABLE' });
    // Opened, it is a key the account does not know.
    await expect(whoSignsIn({ ...signIn, passphrase: 'open sesame' })).rejects.toMatchObject({
      code: 'CONNECTOR_SIGN_IN_FAILED',
      message:
        'test: the warehouse did not let the reader GOLDSMITH_READS sign in; check warehouse.snowflake.reader.signIn.privateKeyFile, whether it has expired, whether our clock is right (what it signs carries the time), and whether it may connect from here',
    });
  });

  it('names a secret’s file that is not there', async () => {
    const signIn = { method: 'token', user: 'goldsmith_reads', tokenFile: '/nowhere/token' };

    await expect(whoSignsIn(signIn)).rejects.toMatchObject({
      code: 'WAREHOUSE_FILE_MISSING',
      message: expect.stringContaining('/nowhere/token'),
    });
  });

  it('to an account that is not there says which setting to look at', async () => {
    account.server.faults.add({ on: 'login', kind: 'status', status: 404, times: 20 });

    await expect(account.open({ writer: undefined })).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      message: expect.stringContaining('warehouse.snowflake.account'),
    });
  });

  it('never takes a password', () => {
    const reader = {
      role: 'R',
      warehouse: 'W',
      signIn: { method: 'password', user: 'u', password: 'p' },
    };

    expect(snowflakeSettings.safeParse({ account: 'a', database: 'D', reader }).success).toBe(
      false,
    );
  });
});
