import { type HistoryToMake, makeHistory } from './history-generator.ts';

/** In a process of its own, so that its memory is not counted for what is measured. */
await makeHistory(JSON.parse(process.argv[2] ?? '{}') as HistoryToMake);
