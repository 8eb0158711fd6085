import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoopWarehouse } from '../../conformance/loop-world.ts';
import { besideService } from '../../connectors/bigquery/loop-subject.ts';
import { besideWarehouse } from '../../connectors/databricks/loop-subject.ts';
import { besideAccount } from '../../connectors/snowflake/loop-subject.ts';
import { startBigquery } from '../../servers/bigquery-server.ts';
import { PRINCIPALS, startDatabricks } from '../../servers/databricks-server.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';

/** A cloud's warehouse of our own, as a customer's configuration would name it. */
export interface Cloud extends LoopWarehouse {
  /** The section `warehouse` of a configuration. */
  readonly warehouse: Readonly<Record<string, unknown>>;
}

export interface CloudKind {
  readonly name: string;
  /** How it stores names that are written without quotes. */
  readonly cased: (name: string) => string;
  open(): Promise<Cloud>;
}

const asWritten = (name: string) => name;

export const SNOWFLAKE_CLOUD: CloudKind = {
  name: 'Snowflake',
  cased: (name) => name.toUpperCase(),
  async open() {
    const account = await snowflakeAccount();
    const { account: name, url, database, reader, writer } = account.settings();
    return {
      ...(await besideAccount(account)),
      warehouse: {
        kind: 'snowflake',
        snowflake: { account: name, url, database, reader, writer },
      },
    };
  },
};

export const BIGQUERY_CLOUD: CloudKind = {
  name: 'BigQuery',
  cased: asWritten,
  async open() {
    const server = await startBigquery();
    const bigquery = {
      project: server.project,
      location: 'EU',
      apiEndpoint: server.endpoint,
      reader: { keyFile: server.keyFileOf('reader') },
      writer: { keyFile: server.keyFileOf('writer') },
    };
    return { ...(await besideService(server)), warehouse: { kind: 'bigquery', bigquery } };
  },
};

export const DATABRICKS_CLOUD: CloudKind = {
  name: 'Databricks',
  cased: asWritten,
  async open() {
    const server = await startDatabricks();
    const caFile = join(mkdtempSync(join(tmpdir(), 'goldsmith-cloud-')), 'ca.pem');
    writeFileSync(caFile, server.cert);
    const signIn = (who: keyof typeof PRINCIPALS) => ({ signIn: 'oauth', ...PRINCIPALS[who] });
    const databricks = {
      host: server.host,
      port: server.port,
      httpPath: '/sql/1.0/warehouses/abc',
      catalog: 'shop',
      caFile,
      reader: signIn('reader'),
      writer: signIn('writer'),
    };
    const beside = await besideWarehouse(server);
    return {
      ...beside,
      warehouse: { kind: 'databricks', databricks },
      async people(sql) {
        await beside.people(sql);
        const [, view, select = ''] = /^create view (\S+) as ([\s\S]*)$/.exec(sql) ?? [];
        // A view's text is told as it was typed.
        await (view === undefined
          ? undefined
          : beside.people(
              `insert into lakehouse.unity.typed values ('${view}', '${select.replaceAll("'", "''")}')`,
            ));
      },
    };
  },
};
