import { openHistory } from '../../../src/connectors/history/open-history.ts';
import { historySettings } from '../../../src/connectors/settings.ts';
import { dryRunConformance } from '../../conformance/dry-run-conformance.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';
import { SNOWFLAKE } from './loop-subject.ts';

const PLANLESS = /^Snowflake explains what has a plan/;
const UNMADE = /^it is about what the kinds before it make/;

dryRunConformance('snowflake', {
  async lived() {
    const account = await snowflakeAccount();
    const connector = await account.open();
    const people = (sql: string) => account.server.sql(upperCased(sql));
    for (const schema of ['gold', 'gold_data', 'goldsmith']) {
      await people(`create schema if not exists ${schema}`);
    }
    const open = async () => ({ connector, people, close: async () => {} });
    const close = () => account.server.stop();
    const sent = () => account.server.statements.map(({ sql }) => sql);
    return { subject: { ...SNOWFLAKE, open }, connector, sent, close };
  },
  history: (connector) =>
    openHistory({ settings: historySettings.parse({ source: 'snowflake-history' }), connector }),
  changes: /^\s*(create|alter|drop|insert|update|delete|merge|grant|revoke|comment)\b/i,
  besides: {
    'select of information_schema.functions':
      'before a replay: it tells whoever asks what that identity may use',
    'use schema #': 'after a schema was made: it names the one every session begins in',
  },
  untried: {
    'read row policies at once': /^refused, and what is told late is asked instead/,
    'look what replacing a view would take off it':
      /^refused, and what is told late is asked instead/,
    'comment on a view': PLANLESS,
    'give all of a slim version by name': UNMADE,
    'drop a slim version': PLANLESS,
    'have the warehouse keep a version, and refresh it': PLANLESS,
    'mark a table': PLANLESS,
    'fill rows': UNMADE,
    'clear rows': UNMADE,
    'take rows over from a table': UNMADE,
    'repoint a view': UNMADE,
    grant: PLANLESS,
    revoke: PLANLESS,
    'give a view to its owner': PLANLESS,
    'drop a view': PLANLESS,
    'drop a table': PLANLESS,
    'make the ledger': PLANLESS,
    'keep the ledger': UNMADE,
    'keep the record of a mart': UNMADE,
  },
});
