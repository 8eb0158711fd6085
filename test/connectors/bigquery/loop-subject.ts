import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { LoopWarehouse } from '../../conformance/loop-world.ts';
import type { StagedSubject } from '../../conformance/staged-conformance.ts';
import { DATASETS_MADE, GRANTS } from '../../servers/bigquery-grants-file.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const POLICY = /^policy on (\S+)$/;

/** A service of its own for each test; people's statements are in DuckDB's words, but for what it does not keep. */
export const BIGQUERY: StagedSubject = {
  name: 'bigquery',
  isSlow: true,
  schema: 'shop',
  types: { text: 'STRING', bigint: 'INT64', integer: 'INT64', sumOfMoney: 'NUMERIC' },
  analysts: 'group:analysts@shop.example',
  policyOn: (relation) => `policy on ${relation}`,
  async open() {
    return await besideService(await startBigquery());
  },
};

/** The same, where both identities have what the grants file gives, and nothing else. */
export const GRANTED: StagedSubject = {
  ...BIGQUERY,
  async open() {
    const server = await startBigquery();
    server.carryGrants(GRANTS);
    for (const sql of DATASETS_MADE) {
      await server.people(sql);
    }
    return await besideService(server);
  },
};

/** What a loop needs of a service. */
export async function besideService(server: BigqueryServer): Promise<LoopWarehouse> {
  const connect = () => openBigquery(targetOf(server));
  const connector = await connect();
  return {
    connector,
    connect,
    trouble: {
      503: (when) => server.faults.add({ on: 'insert', kind: 'unavailable', when }),
      429: (when) => server.faults.add({ on: 'insert', kind: 'throttled', when }),
      lost: (when) => server.faults.add({ on: 'insert', kind: 'lost', when }),
    },
    people: (sql) => said(server, sql),
    hold: (when: RegExp) => server.hold(when),
    async close() {
      await connector.close();
      await server.stop();
    },
  };
}

async function said(server: BigqueryServer, sql: string): Promise<void> {
  const policy = POLICY.exec(sql)?.[1];
  if (policy !== undefined) {
    server.policyOn(policy, 'only_ours');
    return;
  }
  for (const each of inDuckdb(sql)) {
    await server.people(each);
  }
}

/** What is kept beside views: their texts and descriptions. */
function inDuckdb(sql: string): readonly string[] {
  const [, on, description] = /^comment on view (\S+) is '(.*)'$/.exec(sql) ?? [];
  if (on !== undefined && description !== undefined) {
    return [
      `insert into bq_info.recorded_options values (${named(on)}, 'description', '"${description}"')`,
    ];
  }
  const [, whole = '', column, about] =
    /^comment on column (\S+)\.(\w+) is '(.*)'$/.exec(sql) ?? [];
  if (column !== undefined && about !== undefined) {
    return [
      `insert into bq_info.recorded_columns values (${named(whole)}, '${column}', '${about}')`,
    ];
  }
  const [, view, select] = /^create (?:or replace )?view (\S+) as ([\s\S]*)$/.exec(sql) ?? [];
  return view === undefined || select === undefined
    ? [sql]
    : [
        sql,
        `insert or replace into bq_info.recorded_views values (${named(view)}, '${select.replaceAll("'", "''")}')`,
      ];
}

function named(dotted: string): string {
  return dotted
    .split('.')
    .map((part) => `'${part}'`)
    .join(', ');
}
