import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Connector } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { classifyDatabricksError } from './classify-databricks-error.ts';
import { openDatabricks } from './databricks-connector.ts';
import type { DatabricksAddress } from './session-pool.ts';
import type { DatabricksIdentity, DatabricksSettings } from './settings.ts';
import type { Credentials } from './sign-in.ts';
import { workspaceAgent } from './workspace-agent.ts';

export interface ConfiguredDatabricks {
  readonly name: string;
  readonly connections: number;
  readonly settings: DatabricksSettings;
  /** The writer is left out: nothing that writes can be sent. */
  readonly readOnly: boolean;
  /** Told what is waited for, for a person who waits. */
  readonly tell?: ((words: string) => void) | undefined;
}

/**
 * Opens the SQL warehouse the settings describe.
 *
 * Raises `WAREHOUSE_FILE_MISSING` where a certificate or secret cannot be read, and what `openDatabricks` raises.
 */
export async function openConfiguredDatabricks({
  name,
  connections,
  settings,
  readOnly,
  tell,
}: ConfiguredDatabricks): Promise<Connector> {
  const { host, port, httpPath, catalog, schema, reader, writer, caFile } = settings;
  const ca = caFile === undefined ? undefined : [...getCACertificates(), fileAt(caFile, name)];
  const reached = { ca, timeoutMs: settings.connectTimeout };
  const workspace = { host, port, ...reached, agent: agentTo(reached, name) };
  const addressOf = (identity: DatabricksIdentity): DatabricksAddress => ({
    workspace,
    httpPath,
    catalog,
    schema,
    credentials: credentialsOf(identity, name),
  });
  return openDatabricks({
    name,
    connections,
    reader: addressOf(reader),
    writer: writer === undefined || readOnly ? undefined : addressOf(writer),
    statementTimeoutMs: settings.statementTimeout,
    startWithinMs: settings.connectTimeout,
    tell,
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    },
  });
}

function agentTo(
  reached: Parameters<typeof workspaceAgent>[0],
  name: string,
): ReturnType<typeof workspaceAgent> {
  try {
    return workspaceAgent(reached, process.env);
  } catch (error) {
    throw classifyDatabricksError(error, name);
  }
}

function credentialsOf(identity: DatabricksIdentity, name: string): Credentials {
  switch (identity.signIn) {
    case 'token': {
      const { token, tokenFile } = identity;
      return {
        kind: 'token',
        token: secretOf({ text: token, file: tokenFile, what: 'token', name }),
      };
    }
    case 'oauth': {
      const { clientId, clientSecret: text, clientSecretFile: file } = identity;
      return {
        kind: 'oauth',
        clientId,
        secret: secretOf({ text, file, what: 'clientSecret', name }),
      };
    }
    case 'federation': {
      const { clientId, subjectTokenFile: file } = identity;
      const subjectToken = secretOf({ text: undefined, file, what: 'subjectToken', name });
      return { kind: 'federation', clientId, subjectToken };
    }
  }
}

interface Secret {
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly what: string;
  readonly name: string;
}

/** A file is read anew each time, so that a changed secret is taken up. */
function secretOf({ text, file, what, name }: Secret): () => Promise<string> {
  if (file !== undefined) {
    return () => secretIn(file, name);
  }
  return async () => {
    if (text === undefined) {
      const addition = `set ${what} or ${what}File under warehouse.databricks`;
      throw new ConnectorError('CONNECTOR_SIGN_IN_FAILED', name, { addition });
    }
    return text;
  };
}

function fileAt(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw missing(path, { name, cause });
  }
}

async function secretIn(path: string, name: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw missing(path, { name, cause });
  }
}

function missing(
  path: string,
  { name, cause }: { readonly name: string; readonly cause: unknown },
): GoldsmithError {
  const message = `${name}: the file ${path} of warehouse.databricks cannot be read; check the path and its permissions`;
  return new GoldsmithError('WAREHOUSE_FILE_MISSING', message, { cause });
}
