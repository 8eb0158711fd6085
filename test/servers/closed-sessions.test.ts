import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { Changes } from './changes.ts';
import { DatabricksGrants } from './databricks-grants.ts';
import { closeServerSession, openServerSession, startStatement } from './databricks-statements.ts';
import { Holds } from './holds.ts';

it('end their statement before their connection is closed, whenever that is', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const states: string[] = [];

  for (let at = 0; at < 20; at += 1) {
    const session = await openServerSession(instance, {
      user: 'u',
      catalog: 'memory',
      schema: 'main',
      changes: new Changes(),
      holds: new Holds(),
      grants: new DatabricksGrants(),
    });
    const statement = startStatement(session, 'select count(*) from range(1000000000000)');
    for (let turn = 0; turn < at * 3; turn += 1) {
      await new Promise(setImmediate);
    }
    await closeServerSession(session);
    await statement.ended;
    states.push(statement.state);
  }
  instance.closeSync();

  // One that had not begun finds its connection closed.
  expect(states.filter((state) => state !== 'failed')).toEqual(
    expect.arrayContaining(['cancelled']),
  );
  expect(states).not.toContain('running');
});
