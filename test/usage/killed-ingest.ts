import { ExportHistory } from '../../src/connectors/history/export-history.ts';
import { openStore } from '../../src/store/open-store.ts';
import { ingest } from './a-history.ts';

/** Ingests a history into a state, and kills itself without warning once it has kept so many rows. */
const [state = '', path = '', rowsBeforeKill = ''] = process.argv.slice(2);
const store = openStore(state);
await ingest(store.usage, {
  source: new ExportHistory({ name: 'history', path, format: 'auto' }),
  groupRows: 8_000,
  onProgress({ rows }) {
    if (rows >= Number(rowsBeforeKill)) {
      process.kill(process.pid, 'SIGKILL');
    }
  },
});
