import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { DemandForecaster } from '../src/decide/forecast/demand-forecaster.ts';
import { decisionSettings, type Policy } from '../src/decide/policy.ts';
import {
  type DemandStream,
  demandStreams,
  FIRST_DAY,
  offlineOptimum,
  STREAM_DAYS,
  STREAM_KINDS,
} from './demand-streams.ts';
import { goldsmith } from './goldsmith-policy.ts';
import { type Regret, regretOf } from './regret.ts';
import {
  accumulator,
  always,
  decayed,
  type Followed,
  follow,
  never,
  type StreamPolicy,
  windowOf,
} from './stream-policies.ts';

/**
 * `node bench/simulator.ts [--seed 20260322] [--streams 40] [--kind month-end]`: a year of each kind of demand, decided day by day on what was
 * known that day. Total cost over the offline optimum, beside simpler policies on the same streams.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20260322' },
    streams: { type: 'string', default: '40' },
    kind: { type: 'string' },
  },
});
const seed = Number(values.seed);
const perKind = Number(values.streams);

const DEFAULTS: Policy = decisionSettings.parse({});
/** Only what is money: no evidence asked for beyond it, no payback time. */
const MONEY: Policy = {
  ...DEFAULTS,
  minimumRuns: 1,
  minimumReaders: 1,
  minimumDays: 1,
  paybackDays: 365,
};
const POLICIES: Readonly<Record<string, StreamPolicy>> = {
  never,
  always,
  '7-day window': windowOf(7),
  '30-day window': windowOf(30),
  'e^-days decay': decayed,
  'accumulator (1, 2)': accumulator(1, 2),
  goldsmith: goldsmith(MONEY),
  'goldsmith, default brakes': goldsmith(DEFAULTS),
};

const streams = demandStreams(seed, perKind).filter(
  ({ kind }) => values.kind === undefined || kind === values.kind,
);
const kinds = STREAM_KINDS.filter((kind) => streams.some((each) => each.kind === kind));
const optimum = new Map(streams.map((stream) => [stream, offlineOptimum(stream)]));
const asked = streams.filter(({ kind }) => kind !== 'drift');
const groups: readonly (readonly [string, readonly DemandStream[]])[] = [
  ...kinds.map((kind) => [kind, streams.filter((each) => each.kind === kind)] as const),
  ['all but drift', asked],
  ['all', streams],
];

const FOLLOWED = new Map(
  Object.entries(POLICIES).map(([name, policy]) => [
    name,
    new Map(streams.map((stream) => [stream, follow(stream, policy)])),
  ]),
);

process.stdout.write(
  `seed ${seed}, ${streams.length} streams of ${STREAM_DAYS} days, load ${loadavg()[0]?.toFixed(1)}\n\n`,
);
table([
  ['total cost / offline optimum', ...groups.map(([name]) => name), 'builds a stream'],
  ...Object.keys(POLICIES).map(costs),
]);
process.stdout.write('\n');
table([
  [
    'regret with default brakes, % of the optimum of all but drift',
    'whole',
    'without it',
    'needless',
    'builds',
  ],
  ...kinds.map(regretsOf),
]);
process.stdout.write('\n');
table([
  ['interval of 28 days, nominal 60 %', 'inside', 'below', 'above', 'mean / seen'],
  ...kinds.map(coverageOf),
]);

function followedBy(policy: string): ReadonlyMap<DemandStream, Followed> {
  return FOLLOWED.get(policy) ?? new Map();
}

function costs(name: string): readonly string[] {
  const followed = followedBy(name);
  const ratio = (group: readonly DemandStream[]) =>
    total(group, (each) => followed.get(each)?.cost ?? 0) /
    total(group, (each) => optimum.get(each) ?? 0);
  const builds = total(streams, (each) => followed.get(each)?.builds ?? 0) / streams.length;
  return [name, ...groups.map(([, group]) => ratio(group).toFixed(3)), builds.toFixed(1)];
}

/** Where what is lost is lost. */
function regretsOf(kind: string): readonly string[] {
  const followed = followedBy('goldsmith, default brakes');
  const regrets = streams
    .filter((each) => each.kind === kind)
    .map((stream) => regretOf(stream, followed.get(stream)?.stands ?? []));
  const best = total(asked, (each) => optimum.get(each) ?? 0);
  const share = (of: (regret: Regret) => number) => ((100 * total(regrets, of)) / best).toFixed(2);
  return [
    kind,
    share(({ whole }) => whole),
    share(({ without }) => without),
    share(({ needless }) => needless),
    share(({ builds }) => builds),
  ];
}

/** How often the runs of the four weeks to come lay within the forecast's 20th and 80th percentile, asked every week. */
function coverageOf(kind: string): readonly string[] {
  let [asks, inside, below, above, expected, seen] = [0, 0, 0, 0, 0, 0];
  for (const { saved } of streams.filter((each) => each.kind === kind)) {
    const forecaster = new DemandForecaster();
    for (const [day, runs] of saved.entries()) {
      if (forecaster.activeDays > 0 && day >= 21 && day % 7 === 0 && day + 28 <= STREAM_DAYS) {
        const { mean, sd } = forecaster.total(FIRST_DAY + day, 28);
        const came = saved.slice(day, day + 28).reduce((sum, each) => sum + each, 0);
        asks += 1;
        expected += mean;
        seen += came;
        if (came < mean - 0.84 * sd) {
          below += 1;
        } else if (came > mean + 0.84 * sd) {
          above += 1;
        } else {
          inside += 1;
        }
      }
      forecaster.observe(FIRST_DAY + day, runs);
    }
  }
  const share = (count: number) => `${((100 * count) / asks).toFixed(0)} %`;
  return [kind, share(inside), share(below), share(above), (expected / seen).toFixed(2)];
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function table([head = [], ...rows]: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(line(head) + line(head.map(() => '---')) + rows.map(line).join(''));
}
