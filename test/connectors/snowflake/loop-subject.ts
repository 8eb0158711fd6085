import type { RelationId } from '../../../src/base/relation.ts';
import { relationParts } from '../../../src/base/relation.ts';
import type { StagedSubject } from '../../conformance/staged-conformance.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';
import { NAMED } from './named.ts';

/** An account of its own for each test; people's statements are in DuckDB's words, their names in capitals. */
export const SNOWFLAKE: StagedSubject = {
  ...NAMED,
  analysts: 'ANALYSTS',
  policyOn: (relation) => policyOn(relation, 'ROW_ACCESS_POLICY'),
  async open() {
    return await besideAccount(await snowflakeAccount());
  },
};

/** What a loop needs of an account. */
export async function besideAccount(account: SnowflakeAccount) {
  const connector = await account.open();
  return {
    connector,
    connect: () => account.open(),
    trouble: {
      503: (when: RegExp) =>
        account.server.faults.add({ on: 'query', kind: 'status', status: 503, when }),
      429: (when: RegExp) =>
        account.server.faults.add({ on: 'query', kind: 'status', status: 429, when }),
      lost: (when: RegExp) => account.server.faults.add({ on: 'query', kind: 'lost', when }),
    },
    people: (sql: string) => account.server.sql(upperCased(sql)),
    hold: (when: RegExp) => account.server.hold(when),
    async close() {
      await connector.close();
      await account.server.stop();
    },
  };
}

function policyOn(relation: RelationId, kind: string): string {
  const { schema, name } = relationParts(relation);
  return `insert into "SHOP"."SNOW_INFORMATION".own_policies values ('${schema}', '${name}', '${kind}', null)`;
}
