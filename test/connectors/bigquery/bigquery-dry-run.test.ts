import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { dryRunConformance } from '../../conformance/dry-run-conformance.ts';
import { startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';
import { BIGQUERY } from './loop-subject.ts';

const HISTORY = '`region-eu`.INFORMATION_SCHEMA.JOBS';
const UNMADE = /^it is about what the kinds before it make/;

dryRunConformance('bigquery', {
  isSlow: true,
  async lived() {
    const server = await startBigquery();
    const connector = await openBigquery(targetOf(server));
    const people = (sql: string) => server.people(sql);
    for (const schema of ['gold', 'gold_data', 'goldsmith']) {
      await people(`create schema if not exists ${schema}`);
    }
    const open = async () => ({ connector, people, close: async () => {} });
    const close = () => server.stop();
    const sent = () => server.jobs().map(({ query }) => query);
    return { subject: { ...BIGQUERY, open }, connector, sent, close };
  },
  history: (connector) =>
    openHistory({
      settings: historySettings.parse({ source: 'bigquery-jobs', relation: HISTORY }),
      connector,
    }),
  changes: /^\/\*.*?\*\/ (create|alter|drop|insert|update|delete|merge|grant|revoke)\b/i,
  untried: {
    'give all of a slim version by name': UNMADE,
    'fill rows': UNMADE,
    'clear rows': UNMADE,
    'take rows over from a table': UNMADE,
    'repoint a view': UNMADE,
    'keep the ledger': UNMADE,
    'keep the record of a mart': UNMADE,
  },
});
