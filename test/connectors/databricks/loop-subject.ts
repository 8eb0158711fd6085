import { type RelationId, relationParts } from '../../../src/base/relation.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import type { LoopWarehouse } from '../../conformance/loop-world.ts';
import type { StagedSubject } from '../../conformance/staged-conformance.ts';
import type { Fault } from '../../servers/databricks-faults.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

/** A warehouse of its own for each test; people's statements are in DuckDB's words. */
export const DATABRICKS: StagedSubject = {
  name: 'databricks',
  isSlow: true,
  onlyWaits: true,
  schema: 'sales',
  types: { text: 'string', bigint: 'bigint', integer: 'int', sumOfMoney: 'decimal(38,2)' },
  analysts: 'analysts',
  policyOn(relation: RelationId) {
    const { schema, name } = relationParts(relation);
    return `insert into lakehouse.unity.row_filters values ('shop', '${schema}', '${name}', 'shop', 'sales', 'only_ours')`;
  },
  async open() {
    return await besideWarehouse(await startDatabricks());
  },
};

/** What a loop needs of a warehouse. */
export async function besideWarehouse(server: DatabricksServer): Promise<LoopWarehouse> {
  const connect = () => openDatabricks(targetOn(server));
  const connector = await connect();
  const befalls = (fault: Pick<Fault, 'kind' | 'matching'>) =>
    server.faults.add({ call: 'ExecuteStatement', ...fault });
  return {
    connector,
    connect,
    trouble: {
      503: (matching) => befalls({ kind: { is: 'status', status: 503 }, matching }),
      429: (matching) =>
        befalls({ kind: { is: 'status', status: 429, retryAfter: '0' }, matching }),
      lost: (matching) => befalls({ kind: { is: 'lost-response' }, matching }),
      stopped: () => server.forgetSessions(),
    },
    people: (sql) => server.seed(sql),
    hold: (when: RegExp) => server.hold(when),
    async close() {
      await connector.close();
      await server.close();
    },
  };
}
