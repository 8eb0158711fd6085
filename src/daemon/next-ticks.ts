import { createTask } from 'node-cron';
import type { EpochMs } from '../base/clock.ts';

const MINUTE_MS = 60_000;

/** The minutes of a span in which a cron expression (UTC) starts a cycle, in order. Seconds are left out. */
export function ticksBetween(
  cron: string,
  { from, until }: { readonly from: EpochMs; readonly until: EpochMs },
): readonly EpochMs[] {
  const fields = cron.trim().split(/\s+/);
  const minutes = fields.length > 5 ? fields.slice(1).join(' ') : cron;
  const task = createTask(minutes, () => {}, { timezone: 'UTC' });
  const ticks: EpochMs[] = [];
  for (let at = Math.ceil(from / MINUTE_MS) * MINUTE_MS; at < until; at += MINUTE_MS) {
    if (task.match(new Date(at))) {
      ticks.push(at);
    }
  }
  void task.destroy();
  return ticks;
}
