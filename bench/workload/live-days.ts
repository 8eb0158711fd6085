import type { DuckDBInstance } from '@duckdb/node-api';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { rankRivals } from './choose-rivals.ts';
import { GoldsmithArm } from './goldsmith-arm.ts';
import type { WorkloadParts } from './measure-workload.ts';
import type { Measured, Meter } from './meter.ts';
import { Rival, type RivalWorld } from './rival.ts';
import { Tally } from './tally.ts';
import { arriveSql, type Source } from './warehouse.ts';
import type { Ask } from './workload.ts';
import { type Arm, type Lived, totalCpuMs } from './workload-report.ts';

const FIRST_DAY = Date.parse('2026-08-03');

export interface LiveParts extends WorkloadParts {
  readonly source: Source;
  readonly instance: DuckDBInstance;
  readonly meter: Meter;
  /** The folder of this run. */
  readonly home: string;
  /** By day. */
  readonly workload: readonly (readonly Ask[])[];
  /** Of the base tables. */
  readonly bytes: number;
  readonly random: () => number;
}

/**
 * Every night new rows arrive and the daemon runs its cycle; every day people ask. Each statement runs on base, and on the
 * marts of everybody who can answer it, in random order, and all answers are compared with base's.
 */
export async function liveDays(parts: LiveParts): Promise<Lived> {
  const { source, meter, workload, bytes, storageShare, chooseOnDay, say } = parts;
  const clock = handTurnedClock(FIRST_DAY);
  const budgetBytes = Math.floor(bytes * storageShare);
  const goldsmith = await GoldsmithArm.open({ ...parts, clock, budgetBytes });
  const parsers = openParsers({ workers: 1 });
  const tally = new Tally();
  let rivals: readonly Rival[] = [];
  try {
    for (const [day, asks] of workload.entries()) {
      const midnight = FIRST_DAY + day * DAY_MS;
      await nightLoad(day, { source, meter, goldsmith, midnight });
      for (const rival of rivals) {
        await rival.refresh();
      }
      clock.turnTo(midnight + 3 * HOUR_MS);
      const cycle = await goldsmith.night();
      if (day === chooseOnDay) {
        rivals = await openRivals(cycle, { meter, bytes: budgetBytes, parse: parsers.parse });
      }
      for (const ask of asks) {
        clock.turnTo(midnight + ask.at);
        await answer(ask, { ...parts, goldsmith, rivals, tally, at: midnight + ask.at });
      }
      say(`day ${day + 1}: ${tally.told()}\n${costsOf(armsOf({ tally, goldsmith, rivals }))}`);
    }
    clock.turnTo(FIRST_DAY + workload.length * DAY_MS + 3 * HOUR_MS);
    const told = await goldsmith.end();
    return { ...tally.report(), ...told, arms: armsOf({ tally, goldsmith, rivals }) };
  } finally {
    await goldsmith.close();
    await parsers.close();
  }
}

function armsOf({
  tally,
  goldsmith,
  rivals,
}: Pick<AnswerParts, 'tally' | 'goldsmith' | 'rivals'>): readonly Arm[] {
  return [
    tally.arm('base', { marts: 0, bytes: 0, buildCpuMs: 0, refreshCpuMs: 0, otherCpuMs: 0 }),
    goldsmith.arm(tally),
    ...rivals.map((rival) =>
      tally.arm(rival.title, {
        marts: rival.marts,
        bytes: rival.bytes,
        buildCpuMs: rival.buildCpuMs,
        refreshCpuMs: rival.refreshCpuMs,
        otherCpuMs: rival.matchCpuMs,
      }),
    ),
  ];
}

function costsOf(arms: readonly Arm[]): string {
  return arms
    .map((arm) => `  ${arm.title}: ${(totalCpuMs(arm) / 1000).toFixed(1)} s, ${arm.marts} marts`)
    .join('\n');
}

async function nightLoad(
  day: number,
  {
    source,
    meter,
    goldsmith,
    midnight,
  }: Pick<LiveParts, 'source' | 'meter'> & {
    readonly goldsmith: GoldsmithArm;
    readonly midnight: number;
  },
): Promise<void> {
  for (const [at, sql] of arriveSql(source, day).entries()) {
    const run = await meter.run(sql);
    goldsmith.record({
      sql,
      run,
      at: midnight + HOUR_MS + at * 60_000,
      user: 'loader',
      client: 'loader',
    });
  }
}

async function openRivals(
  { input, schema }: CycleResult,
  parts: Pick<RivalWorld, 'meter' | 'parse' | 'bytes'>,
): Promise<readonly Rival[]> {
  const rivals: Rival[] = [];
  const names = { database: schema.snapshot.ownDatabase, schema: 'main' };
  for (const ranking of rankRivals(input, parts.bytes)) {
    rivals.push(await Rival.open(ranking, { ...parts, schema: schema.index, names }));
  }
  return rivals;
}

interface AnswerParts extends LiveParts {
  readonly goldsmith: GoldsmithArm;
  readonly rivals: readonly Rival[];
  readonly tally: Tally;
  readonly at: number;
}

async function answer(ask: Ask, parts: AnswerParts): Promise<void> {
  const { goldsmith, rivals, tally, meter, random, at } = parts;
  const { sql, user, template } = ask;
  if (tally.hasFailed(template)) {
    return;
  }
  const routed = await goldsmith.route({ sql, user, template });
  const texts = new Map<string, string>([['base', sql]]);
  if (routed.served !== undefined) {
    texts.set(goldsmith.title, routed.served);
  }
  for (const rival of rivals) {
    const text = await rival.route(sql);
    if (text !== undefined) {
      texts.set(rival.title, text);
    }
  }
  const runs = new Map<string, Measured>();
  for (const [title, text] of inRandomOrder([...texts], random)) {
    const run = await meter.run(text).catch((error: unknown) => errorText(error));
    if (typeof run === 'string') {
      tally.failed({ ask, title, because: run });
      if (title === 'base') {
        return;
      }
    } else {
      runs.set(title, run);
    }
  }
  tally.asked(ask, { runs, because: routed.because });
  const sent = runs.get(goldsmith.title) ?? runs.get('base');
  if (sent !== undefined) {
    goldsmith.record({ sql: routed.sent, run: sent, at, user, client: goldsmith.client });
  }
}

function inRandomOrder<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
