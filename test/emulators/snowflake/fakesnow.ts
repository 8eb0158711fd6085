import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openConfiguredSnowflake } from '../../../src/connectors/snowflake/open-configured.ts';
import { snowflakeSettings } from '../../../src/connectors/snowflake/settings.ts';
import { pythonWith } from '../installed.ts';
import { started } from '../started.ts';

/** Version 5 of the connector's package has not the modules fakesnow 0.12 imports. */
export const PACKAGES = ['fakesnow[server]==0.12.1', 'snowflake-connector-python<5'] as const;

export interface Fakesnow {
  /** A connector to a database, which is made where it is not there yet. */
  open(database: string): Promise<Connector>;
  stop(): Promise<void>;
}

/** fakesnow's server behind `serve_fakesnow.py`; who signs in is not looked at. */
export async function startFakesnow(): Promise<Fakesnow> {
  const python = await pythonWith(PACKAGES);
  const script = fileURLToPath(new URL('serve_fakesnow.py', import.meta.url));
  const server = await started({ command: python, args: [script], ready: /^(\d+)$/ });
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-fakesnow-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'any');
  const identity = (user: string) => ({
    role: user,
    warehouse: 'GOLDSMITH_WH',
    signIn: { method: 'token', user, tokenFile },
  });
  return {
    open: (database) =>
      openConfiguredSnowflake({
        name: 'fakesnow',
        connections: 2,
        settings: snowflakeSettings.parse({
          account: 'test',
          url: `http://127.0.0.1:${server.said}`,
          database,
          reader: identity('GOLDSMITH_READS'),
          writer: identity('GOLDSMITH_WRITES'),
          statementTimeout: '1m',
        }),
        readOnly: false,
      }),
    stop: () => server.stop(),
  };
}
