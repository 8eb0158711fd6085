import { DAY_MS, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { addUsd, type NanoUsd, scaleUsd } from '../base/usd.ts';
import type { Receipt, SavingLine, WorkDone } from '../marts/receipt.ts';
import type { AttributedReads } from './attribute-reads.ts';
import {
  type PairedMeasure,
  pairedBaseline,
  type SideCost,
  type TemplateMeasure,
} from './baseline.ts';
import { findSlower } from './find-slower.ts';
import type { SavingsSettings } from './settings.ts';

/** A decision that was carried out: a mart made physical. */
export interface CarriedOut {
  readonly decision: string;
  readonly relation: RelationId;
  readonly physicalSince: EpochMs;
  /** When it stopped being physical; absent while it is. */
  readonly until?: EpochMs;
  readonly rolledBack: boolean;
  /** What its versions took so far, hidden ones included, and up to when that was counted. */
  readonly storedByteDays?: number;
  readonly storageCountedAt?: EpochMs;
  /** UTC days on which the stable view had expired and readers were answered by the logical definition. */
  readonly lapsedDays?: readonly string[];
  /** What the plan predicted: net money, and reader time, per day. */
  readonly predictedNetPerDay: NanoUsd;
  readonly predictedMsPerDay: number;
  /** What came to it later: the readers of marts that were let go because this one answers in their place. */
  readonly promisedMore?: readonly LaterPromise[];
}

/** LaterPromised from a moment on, on top of what was before. */
export interface LaterPromise {
  readonly from: EpochMs;
  readonly netPerDay: NanoUsd;
  readonly msPerDay: number;
}

export interface ReceiptInput {
  readonly carriedOut: CarriedOut;
  readonly now: EpochMs;
  readonly reads: readonly AttributedReads[];
  readonly paired: readonly PairedMeasure[];
  /** Everything done for this mart from its first failed build on; storage included by the caller as work. */
  readonly work: readonly WorkDone[];
  /** `cash` where the bill is by use, `capacity` where it is paid anyway. */
  readonly moneyLine: Exclude<SavingLine, 'time'>;
  readonly priceOfCpuMs: (cpuMs: number) => NanoUsd;
  readonly settings: SavingsSettings;
}

/**
 * Predicted against realized for one decision: a receipt on the money line, net of everything, and one on the time
 * line, each marked with how it was measured. Executions no side of which was measured save nothing here.
 */
export function writeReceipts(input: ReceiptInput): readonly Receipt[] {
  const { carriedOut, now, work, settings } = input;
  const until = carriedOut.until ?? now;
  const days = daysBetween(carriedOut.physicalSince, until);
  const later = carriedOut.promisedMore ?? [];
  const measured = measureAll(input);

  const savedCpuMs = sum(
    measured,
    ({ reads, measure }) => reads.served.allRuns * (measure.base.cpuMs - measure.served.cpuMs),
  );
  const savedMs = sum(
    measured,
    ({ reads, measure }) =>
      reads.served.allRuns * (measure.base.durationMs - measure.served.durationMs),
  );
  const baseRuns = sum(measured, ({ measure }) => measure.base.runs);
  const martRuns = sum(measured, ({ reads }) => reads.served.allRuns);
  const debits = addUsd(...work.map(({ cost }) => cost));
  const gross = priceSigned(savedCpuMs, input.priceOfCpuMs);
  const slower = findSlower(
    measured.map(({ measure }) => measure),
    { leastRuns: settings.maturedAfterRuns },
  );

  const common = {
    decision: carriedOut.decision,
    relation: carriedOut.relation,
    from: carriedOut.physicalSince,
    until,
    method: methodOf(measured),
    baseRuns,
    martRuns,
    matured:
      days >= settings.maturedAfterDays &&
      baseRuns >= settings.maturedAfterRuns &&
      martRuns >= settings.maturedAfterRuns,
    rolledBack: carriedOut.rolledBack,
  } as const;
  return [
    {
      ...common,
      line: input.moneyLine,
      predicted: addUsd(
        scaleUsd(carriedOut.predictedNetPerDay, days),
        ...later.map(({ netPerDay, from }) => scaleUsd(netPerDay, daysBetween(from, until))),
      ),
      realizedGross: gross,
      debits,
      net: gross - debits,
    },
    {
      ...common,
      line: 'time',
      predicted: BigInt(
        Math.round(
          carriedOut.predictedMsPerDay * days +
            sum(later, ({ msPerDay, from }) => msPerDay * daysBetween(from, until)),
        ),
      ),
      realizedGross: BigInt(Math.round(savedMs)),
      debits: 0n,
      net: BigInt(Math.round(savedMs)),
      ...(slower.length === 0 ? {} : { slower }),
    },
  ];
}

function daysBetween(from: EpochMs, until: EpochMs): number {
  return Math.max(0, (until - from) / DAY_MS);
}

interface Measured {
  readonly reads: AttributedReads;
  readonly measure: TemplateMeasure;
}

/**
 * What a run would have cost on base. Best is the template's own hold-out; a template without one borrows the mart's
 * pooled ratio of base to served cost, measured on the templates that have (a ratio estimator: strata are small, and
 * most have one or two held-out runs). Paired runs stand in until the mart has enough hold-out runs.
 */
function measureAll(input: ReceiptInput): readonly Measured[] {
  const { reads, settings } = input;
  const served = reads.filter((each) => each.served.runs > 0);
  const sampled = served.filter((each) => each.heldOut.runs > 0);
  const heldOutRuns = sum(sampled, ({ heldOut }) => heldOut.runs);
  const isEnough = heldOutRuns >= settings.maturedAfterRuns;
  return served.flatMap((each): readonly Measured[] => {
    const { fingerprint, mart, heldOut } = each;
    if (isEnough && each.road === 'route') {
      const base = heldOut.runs > 0 ? heldOut : pooledBase(each, sampled);
      return [
        {
          reads: each,
          measure: { fingerprint, mart, method: 'hold-out', base, served: each.served },
        },
      ];
    }
    const measure = pairedBaseline(
      input.paired.filter((pair) => pair.fingerprint === fingerprint && pair.mart === mart),
    );
    return measure === undefined ? [] : [{ reads: each, measure }];
  });
}

function pooledBase({ served }: AttributedReads, sampled: readonly AttributedReads[]): SideCost {
  const weighted = (of: (reads: AttributedReads) => number) =>
    sum(sampled, (reads) => reads.heldOut.runs * of(reads));
  const ratio = (base: number, mart: number) => (mart > 0 ? base / mart : 1);
  return {
    runs: 0,
    cpuMs:
      served.cpuMs *
      ratio(
        weighted((r) => r.heldOut.cpuMs),
        weighted((r) => r.served.cpuMs),
      ),
    durationMs:
      served.durationMs *
      ratio(
        weighted((r) => r.heldOut.durationMs),
        weighted((r) => r.served.durationMs),
      ),
  };
}

function methodOf(measured: readonly Measured[]): Receipt['method'] {
  return measured.length > 0 && measured.every(({ measure }) => measure.method === 'hold-out')
    ? 'hold-out'
    : 'paired-runs';
}

function priceSigned(cpuMs: number, price: (cpuMs: number) => NanoUsd): bigint {
  return cpuMs >= 0 ? price(cpuMs) : 0n - price(-cpuMs);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
