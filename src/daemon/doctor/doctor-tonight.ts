import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DAY_MS, HOUR_MS } from '../../base/clock.ts';
import { readLease } from '../../materializer/lease.ts';
import { ledgerState } from '../../materializer/ledger-tables.ts';
import type { UsageSnapshot } from '../../usage/template.ts';
import { isKilled } from '../apply.ts';
import { type CapUse, readCapsUsed } from '../caps-used.ts';
import type { Engine } from '../engine.ts';
import { ticksBetween } from '../next-ticks.ts';
import { newestStatement } from '../record-metrics.ts';
import { answer, type DoctorAnswer, fail, warn } from './doctor-answer.ts';
import { outlook } from './tonight.ts';

/** Whether a build may be begun within the next 24 hours: kill switch, freeze windows, quiet hours and caps at each coming cycle. */
export async function checkTonight(engine: Engine): Promise<DoctorAnswer> {
  const { config, clock, ledger } = engine;
  const now = clock.now();
  const span = { from: now, until: now + DAY_MS };
  const ticks = ticksBetween(config.schedule.cron, span);
  const [first] = ticks;
  if (config.mode === 'observe') {
    return answer(
      first === undefined
        ? 'mode observe; schedule.cron starts no cycle in the next 24 hours'
        : `mode observe: the next cycle looks at ${when(first)} and changes nothing`,
    );
  }
  const caps = await readCapsUsed(engine, await ledger.readMarts());
  const tonight = outlook({ config, now, ticks, isKilled: isKilled(engine), caps });
  if (tonight.kind === 'stands-still') {
    return fail(`no build can begin in the next 24 hours: ${tonight.because.join('; ')}`);
  }
  const { at, because } = tonight;
  if (because.length > 0) {
    return warn(`builds may begin at ${when(at)}, not before: ${because.join('; ')}`);
  }
  const full = caps.find(({ cap, share }) => cap in STOPS && share >= 1);
  return full === undefined
    ? answer(`the next cycle is at ${when(at)} and nothing holds it back`)
    : warn(`${full.said}: ${STOPS[full.cap] ?? ''}; raise ${full.setting}`);
}

/** What a cap stops that does not stop every build. */
const STOPS: Readonly<Partial<Record<CapUse['cap'], string>>> = {
  'refreshes-per-day': 'marts past their bound answer from their definition',
  marts: 'no other one is published or taken over',
};

/** How old the newest statement is: evidence that is no longer written ends builds, and later marts. */
export function checkHistoryLag(
  { clock, config }: Engine,
  usage: UsageSnapshot | undefined,
): DoctorAnswer {
  if (usage === undefined) {
    return answer('not known before a cycle has run');
  }
  const newest = newestStatement(usage);
  const { evidenceDays } = config.decide;
  if (newest === undefined) {
    return fail(
      `no statement of the last ${evidenceDays} days was read: nothing is built, and marts are given up in time; is the history still exported?`,
    );
  }
  const hours = Math.round(Math.max(0, clock.now() - newest) / HOUR_MS);
  const said = `the newest statement is ${hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`} old`;
  return hours < 48 ? answer(said) : warn(`${said}: is the history still exported?`);
}

/** Whether another Goldsmith holds the one hand. */
export async function checkLease({
  connector,
  ledger,
  holder,
  clock,
}: Engine): Promise<DoctorAnswer> {
  if ((await ledgerState(connector, ledger.tables)) === 'absent') {
    return answer('free: nothing was ever owned here');
  }
  const held = await readLease(ledger, connector);
  return held.until > clock.now() && held.holder !== holder
    ? fail(
        `another Goldsmith (${held.holder}) holds it until ${when(held.until)}: this one changes nothing; stop one of the two`,
      )
    : answer('free, or our own');
}

/** Below this a state file or a database file may fail to grow. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024;

/** Room for the state file and, where the daemon owns the file, for the versions of marts. */
export async function checkDisk({ config, ledger }: Engine): Promise<DoctorAnswer> {
  const stateFolder = dirname(resolve(config.state.path));
  const stateFree = await freeBytes(stateFolder);
  if (stateFree < LEAST_FREE_BYTES) {
    return fail(
      `${gigabytes(stateFree)} are left for the state file in ${stateFolder}: free some, or set state.path`,
    );
  }
  const { path } = config.warehouse;
  if (path === undefined) {
    return answer(`${gigabytes(stateFree)} are left for the state file`);
  }
  const free = await freeBytes(dirname(resolve(path)));
  if (free < LEAST_FREE_BYTES) {
    return fail(`${gigabytes(free)} are left beside ${path}: builds would fail; free some`);
  }
  const taken = (await ledger.readMarts())
    .flatMap(({ current, hidden }) => [current, ...hidden.map(({ version }) => version)])
    .reduce((sum, version) => sum + (version?.bytes ?? 0), 0);
  const mayTake = Math.max(0, config.caps.maxStorageBytes - taken);
  return free < mayTake
    ? warn(
        `${gigabytes(free)} are left beside ${path}, and caps.maxStorageBytes lets marts take ${gigabytes(mayTake)} more: lower it, or add disk`,
      )
    : answer(`${gigabytes(free)} are left beside ${path}`);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function when(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
