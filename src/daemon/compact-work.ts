import { dayNumber, type EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { addUsd } from '../base/usd.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { CarriedOut } from '../savings/write-receipts.ts';
import type { Engine } from './engine.ts';

/**
 * Puts what was done for a mart on one day into one entry a kind, once it is older than anything a decision still looks at:
 * a daemon that renews every quarter of an hour would otherwise keep an entry for each for ever. Sums stay exact, and
 * nothing is put together across a flip, so every receipt stays what it was.
 */
export function compactWork({
  memory,
  clock,
  config,
}: Pick<Engine, 'memory' | 'clock' | 'config'>): void {
  const before = dayNumber(clock.now()) - config.decide.evidenceDays - 1;
  const flips = flipsOf(memory.carriedOut.list());
  const old = memory.work.list().filter(({ at }) => dayNumber(at) < before);
  const groups = Map.groupBy(old, ({ relation, kind, at }) => {
    const turn = (flips.get(relation) ?? []).filter((flip) => flip <= at).length;
    return JSON.stringify([relation, kind, dayNumber(at), turn]);
  });
  if (groups.size === old.length) {
    return;
  }
  memory.work.replaceAll([
    ...memory.work
      .list()
      .filter(({ at }) => dayNumber(at) >= before)
      .map((work) => [`${work.at}/${work.relation}/${work.kind}/${digestOf(work)}`, work] as const),
    ...[...groups].flatMap(([key, entries]) =>
      sumOf(entries).map((sum) => [`sum/${key}`, sum] as const),
    ),
  ]);
}

/** When each mart became a table or stopped being one: receipts are cut there. */
function flipsOf(all: readonly CarriedOut[]): ReadonlyMap<string, readonly EpochMs[]> {
  const flips = new Map<string, EpochMs[]>();
  for (const { relation, physicalSince, until } of all) {
    const known = flips.get(relation) ?? [];
    flips.set(relation, [...known, physicalSince, ...(until === undefined ? [] : [until])]);
  }
  return flips;
}

function sumOf(entries: readonly WorkDone[]): readonly WorkDone[] {
  const last = entries.toSorted((a, b) => a.at - b.at).at(-1);
  return last === undefined
    ? []
    : [
        {
          ...last,
          cpuMs: entries.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
          cost: addUsd(...entries.map(({ cost }) => cost)),
          ...(last.tookMs === undefined
            ? {}
            : {
                tookMs: entries.reduce((sum, { cpuMs, tookMs = cpuMs }) => sum + tookMs, 0),
              }),
        },
      ];
}
