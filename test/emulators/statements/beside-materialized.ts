import { relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { nativeWordingOf } from '../../../src/connectors/native-wording-of.ts';

/** Asks what no materialized view may answer, beside one, and takes that away again: Snowflake is asked in a session apart, of clones. */
export async function besideAMaterializedView(
  connector: Connector,
  people: (sql: string) => Promise<void>,
): Promise<void> {
  const relation = relationId({ schema: 'PUBLIC', name: 'KEPT' });
  const definition =
    'select region as region, count(*) as n from "PUBLIC"."COUNTED" group by region';
  const said = { kind: 'materialized view', relation, comment: 'kept', definition } as const;
  const build = { purpose: 'build' } as const;
  const verify = { purpose: 'verify', readsKept: false } as const;
  await people('create table counted (region varchar)');
  const kept = nativeWordingOf(connector.wording, 'materialized view');
  for (const sql of kept?.create({ ...said, select: definition }) ?? []) {
    await connector.execute(sql, build);
  }
  const asked = 'select count(*) from counted';
  await connector.query(asked, verify);
  await connector.transaction((session) => session.query(asked, verify), {
    ...verify,
    readOnly: true,
  });
  await connector.execute(
    `drop materialized view ${connector.wording.names.relation(relation)}`,
    build,
  );
  await people('drop table counted');
}
