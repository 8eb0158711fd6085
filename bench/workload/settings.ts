import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** The benchmarks the bench knows, in the order in which it runs them. */
export const BENCHMARKS = ['ssb', 'tpcds'] as const;
export type Benchmark = (typeof BENCHMARKS)[number];

export interface Settings {
  readonly benchmarks: readonly Benchmark[];
  /** Scale factor of both. */
  readonly scale: number;
  readonly days: number;
  readonly runsPerDay: number;
  /** Day before which the rivals choose from what was asked until then; Goldsmith decides every night. */
  readonly chooseOnDay: number;
  readonly seed: number;
  /** Bytes marts may take, as a share of the base tables', both by the catalog's estimate. */
  readonly storageShare: number;
  /** Where generators and data are kept from run to run; outside the repository. */
  readonly peerFolder: string;
  /** Where the results are written. */
  readonly out: string;
}

/** What the command line and the environment ask for; a bad option is a `TypeError`. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: BENCHMARKS.join(',') },
      scale: { type: 'string', default: '1' },
      days: { type: 'string', default: '14' },
      runs: { type: 'string', default: '100' },
      'choose-on': { type: 'string', default: '4' },
      seed: { type: 'string', default: '20261122' },
      storage: { type: 'string', default: '0.15' },
      out: { type: 'string', default: join(import.meta.dirname, 'results') },
    },
  });
  const settings: Settings = {
    benchmarks: BENCHMARKS.filter((name) => values.only.split(',').includes(name)),
    scale: Number(values.scale),
    days: Number(values.days),
    runsPerDay: Number(values.runs),
    chooseOnDay: Number(values['choose-on']),
    seed: Number(values.seed),
    storageShare: Number(values.storage),
    peerFolder: process.env['GOLDSMITH_PEERS'] ?? join(tmpdir(), 'goldsmith-peers'),
    out: values.out,
  };
  const { scale, days, runsPerDay, chooseOnDay, storageShare } = settings;
  const whole = [days, runsPerDay, chooseOnDay, settings.seed];
  if (
    !(scale > 0 && scale <= 10 && storageShare > 0 && storageShare <= 1) ||
    !whole.every((each) => Number.isSafeInteger(each) && each > 0)
  ) {
    throw new TypeError(
      '--scale is above 0, at most 10; --storage above 0, at most 1; the others are whole numbers above 0',
    );
  }
  return settings;
}
