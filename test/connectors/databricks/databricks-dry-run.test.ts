import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { dryRunConformance } from '../../conformance/dry-run-conformance.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { DATABRICKS } from './loop-subject.ts';
import { targetOn } from './open-server.ts';

const UNMADE = /^it is about what the kinds before it make/;

dryRunConformance('databricks', {
  isSlow: true,
  async lived() {
    const server = await startDatabricks();
    const connector = await openDatabricks(targetOn(server));
    const people = (sql: string) => server.seed(sql);
    for (const schema of ['gold', 'gold_data', 'goldsmith']) {
      await people(`create schema if not exists shop.${schema}`);
    }
    const open = async () => ({ connector, people, close: async () => {} });
    const close = () => server.close();
    const sent = () => server.statements.map(({ text }) => text);
    return { subject: { ...DATABRICKS, open }, connector, sent, close };
  },
  history: (connector) =>
    openHistory({ settings: historySettings.parse({ source: 'databricks-history' }), connector }),
  changes:
    /^\/\*.*?\*\/ (create|alter|drop|insert|update|delete|merge|grant|revoke|comment|refresh)\b/i,
  untried: {
    'comment on a view': UNMADE,
    'give all of a slim version by name': UNMADE,
    'drop a slim version': UNMADE,
    'have the warehouse keep a version, and refresh it': /^a pipeline does it/,
    'mark a table': UNMADE,
    'fill rows': UNMADE,
    'clear rows': UNMADE,
    'take rows over from a table': UNMADE,
    'repoint a view': UNMADE,
    'drop a view': UNMADE,
    'drop a table': UNMADE,
    'keep the ledger': UNMADE,
    'keep the record of a mart': UNMADE,
  },
});
