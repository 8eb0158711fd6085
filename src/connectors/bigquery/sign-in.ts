import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BigQueryOptions } from '@google-cloud/bigquery';
import { z } from 'zod';
import { GoldsmithError } from '../../base/goldsmith-error.ts';

/** Whatever the driver takes for a sign-in. */
export type SignIn = NonNullable<BigQueryOptions['authClient']>;

type Client =
  | 'JWT'
  | 'UserRefreshClient'
  | 'AwsClient'
  | 'PluggableAuthClient'
  | 'IdentityPoolClient'
  | 'Impersonated';
type SignInLibrary = Readonly<Record<Client, new (options: object) => SignIn>>;

const SCOPES = ['https://www.googleapis.com/auth/bigquery'];

const credentials = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('service_account'),
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string().optional(),
  }),
  z.looseObject({
    type: z.literal('external_account'),
    credential_source: z.looseObject({
      environment_id: z.string().optional(),
      executable: z.unknown().optional(),
    }),
  }),
  z.looseObject({
    type: z.literal('impersonated_service_account'),
    service_account_impersonation_url: z.string().max(256),
    delegates: z.array(z.string()).optional(),
    source_credentials: z.looseObject({ type: z.string() }),
  }),
  z.looseObject({
    type: z.literal('authorized_user'),
    client_id: z.string(),
    client_secret: z.string(),
    refresh_token: z.string(),
  }),
]);

/**
 * Who a credential file says signs in. The driver itself would find that out from `keyFilename`, which it has begun to warn of on
 * standard error at every start.
 *
 * Raises `WAREHOUSE_KEY_UNREADABLE` where the file is no credential file of a known kind; secrets in it are never told.
 */
export async function signInOf(keyFile: string, name: string): Promise<SignIn> {
  return signInWith(await readJson(keyFile, name), { keyFile, name });
}

interface Source {
  readonly keyFile: string;
  readonly name: string;
}

function signInWith(json: unknown, source: Source): SignIn {
  const { data: read } = credentials.safeParse(json);
  if (read === undefined) {
    throw unreadable(source);
  }
  const library = signInLibrary();
  switch (read.type) {
    case 'service_account': {
      const { client_email: email, private_key: key, private_key_id: keyId } = read;
      return new library.JWT({ email, key, keyId, scopes: SCOPES });
    }
    case 'authorized_user': {
      const { client_id: clientId, client_secret: clientSecret } = read;
      return new library.UserRefreshClient({
        clientId,
        clientSecret,
        refreshToken: read.refresh_token,
      });
    }
    case 'external_account': {
      const { environment_id: environment, executable } = read.credential_source;
      const options = { ...read, scopes: SCOPES };
      if (environment !== undefined) {
        return new library.AwsClient(options);
      }
      return executable === undefined
        ? new library.IdentityPoolClient(options)
        : new library.PluggableAuthClient(options);
    }
    case 'impersonated_service_account': {
      const url = read.service_account_impersonation_url;
      const targetPrincipal = /([^/]+):generateAccessToken$/.exec(url)?.[1];
      if (targetPrincipal === undefined) {
        throw unreadable(source);
      }
      return new library.Impersonated({
        sourceClient: signInWith(read.source_credentials, source),
        targetPrincipal,
        delegates: read.delegates ?? [],
        targetScopes: SCOPES,
      });
    }
  }
}

/** The driver's own copy: it takes no other's clients. */
function signInLibrary(): SignInLibrary {
  const ofDriver = createRequire(
    createRequire(import.meta.url).resolve('@google-cloud/bigquery/package.json'),
  );
  const ofCommon = createRequire(ofDriver.resolve('@google-cloud/common/package.json'));
  return ofCommon('google-auth-library') as SignInLibrary;
}

async function readJson(keyFile: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(keyFile, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    // The error would quote the file.
    throw unreadable({ keyFile, name });
  }
}

function unreadable({ keyFile, name }: Source): GoldsmithError {
  const message = `${name}: ${keyFile} is no credential file Goldsmith knows; set keyFile under warehouse.bigquery to a JSON file of type service_account, external_account, impersonated_service_account or authorized_user`;
  return new GoldsmithError('WAREHOUSE_KEY_UNREADABLE', message);
}
