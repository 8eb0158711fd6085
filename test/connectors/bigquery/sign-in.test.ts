import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { signInOf } from '../../../src/connectors/bigquery/sign-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-sign-in-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, 'key.json');
  writeFileSync(path, text);
  return path;
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SERVICE_ACCOUNT = {
  type: 'service_account',
  client_email: 'goldsmith@shop.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  private_key_id: 'k1',
};
const FEDERATED = {
  type: 'external_account',
  audience:
    '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/p',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
};
const AWS = {
  environment_id: 'aws1',
  regional_cred_verification_url: 'https://sts.{region}.amazonaws.com',
};

describe('a credential file of BigQuery', () => {
  it.each([
    ['JWT', SERVICE_ACCOUNT],
    ['IdentityPoolClient', { ...FEDERATED, credential_source: { file: '/var/run/token' } }],
    ['AwsClient', { ...FEDERATED, credential_source: AWS }],
    [
      'UserRefreshClient',
      { type: 'authorized_user', client_id: 'a', client_secret: 'b', refresh_token: 'c' },
    ],
    [
      'Impersonated',
      {
        type: 'impersonated_service_account',
        service_account_impersonation_url:
          'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/g@shop.iam.gserviceaccount.com:generateAccessToken',
        source_credentials: SERVICE_ACCOUNT,
      },
    ],
  ])('signs in as %s', async (kind, json) => {
    const signIn = await signInOf(fileOf(JSON.stringify(json)), 'shop');

    expect(signIn.constructor.name).toBe(kind);
  });

  it('asks for nothing beyond BigQuery', async () => {
    const signIn = await signInOf(fileOf(JSON.stringify(SERVICE_ACCOUNT)), 'shop');

    expect(signIn).toMatchObject({
      email: SERVICE_ACCOUNT.client_email,
      scopes: ['https://www.googleapis.com/auth/bigquery'],
    });
  });

  it.each([
    ['no JSON', 'private_key: hidden'],
    ['of another kind', '{"type":"gdch_service_account","private_key":"hidden"}'],
    ['incomplete', '{"type":"service_account","private_key":"hidden"}'],
  ])('is refused where it is %s, by its name and without what it holds', async (_why, text) => {
    const refused = signInOf(fileOf(text), 'shop');

    await expect(refused).rejects.toMatchObject({
      code: 'WAREHOUSE_KEY_UNREADABLE',
      message: expect.stringContaining('key.json is no credential file'),
    });
    await expect(refused).rejects.not.toMatchObject({
      message: expect.stringContaining('hidden'),
    });
  });
});
