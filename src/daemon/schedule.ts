import { createTask } from 'node-cron';
import type { Logger } from './logger.ts';

export interface ScheduleParts {
  readonly log: Logger;
  /** A cron expression in UTC, checked when the config was read. */
  readonly cron: string;
  readonly runCycle: (signal: AbortSignal) => Promise<void>;
}

export interface Schedule {
  /** Starts no further cycle, aborts the one that runs, and waits until it has stopped. */
  readonly stop: () => Promise<void>;
}

/** Runs a cycle at every tick, never two at once. A failed cycle is logged, not fatal. */
export async function startSchedule({ log, cron, runCycle }: ScheduleParts): Promise<Schedule> {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const runOnce = async () => {
    try {
      await runCycle(stopping.signal);
    } catch (err) {
      if (!stopping.signal.aborted) {
        log.error({ err }, 'cycle failed');
      }
    }
  };

  const task = createTask(
    cron,
    () => {
      running = runOnce();
      return running;
    },
    { timezone: 'UTC', noOverlap: true, logger: quiet },
  );
  task.on('execution:overlap', () => log.warn('cycle skipped: the last one still runs'));
  task.on('execution:missed', ({ date }) => log.warn({ due: date }, 'cycle missed'));
  await task.start();

  return {
    async stop() {
      await task.destroy();
      stopping.abort();
      await running;
      log.info('schedule stopped');
    },
  };
}

/** node-cron prints to the console by itself; its events say the same to our logger. */
const quiet = { info() {}, warn() {}, error() {}, debug() {} };
