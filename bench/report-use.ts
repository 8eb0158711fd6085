import { writeSync } from 'node:fs';

/** What a process used until its end. */
export interface Used {
  /** All threads. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** Imported ahead of a bench by `main.ts`, which listens on the fourth stream. */
const REPORT_TO = 3;

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const used: Used = {
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  writeSync(REPORT_TO, JSON.stringify(used));
});
