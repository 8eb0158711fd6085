import { expect, it } from 'vitest';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { dryRunStatements } from '../../../src/materializer/dry-run.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const settings = historySettings.parse({ source: 'databricks-history' });
const schemas = { goldSchema: 'gold', dataSchema: 'gold_data', ledgerSchema: 'goldsmith' };
const GRANTED = ['use catalog on catalog system', 'use schema, select on schema system.query'];

it('looks at each question about the use of warehouses whatever the one before it answers, and says what is done without it', async () => {
  const server = await startDatabricks();
  const connector = await openDatabricks(targetOn(server));
  await server.grant(GRANTED.map((what) => `grant ${what} to goldsmith-reader;`).join(''));

  const results = await dryRunStatements(connector, {
    ...schemas,
    sample: undefined,
    writes: false,
    history: (sending) => openHistory({ settings, connector: sending }),
  });
  await connector.close();
  await server.close();

  const use = results.filter(({ kind }) => /\bwarehouses?\b/.test(kind) && !/hashes/.test(kind));
  expect(use.map(({ kind, outcome, detail }) => [kind, outcome, detail.split(' (')[0]])).toEqual([
    [
      'read what warehouses were billed for',
      'not-tried',
      'refused, and costs rest on task times alone without it',
    ],
    ['read what ran on each warehouse', 'accepted', ''],
    [
      'read when each warehouse was up',
      'not-tried',
      'refused, and idle time is estimated without it',
    ],
  ]);
});
