import type { Answer } from '../candidates/candidate.ts';
import type { TemplateDemand } from '../candidates/demand.ts';
import { roadOf, splitByRoad } from '../candidates/roads.ts';

/** Who would read a mart, over which roads, within the evidence window. */
export interface CandidateDemand {
  readonly reachable: DemandSide;
  readonly unreachable: DemandSide;
  /** Clients without a road, most runs first. */
  readonly clientsWithoutRoad: readonly string[];
  readonly byTemplate: readonly TemplateShare[];
  /** Saved thread time by UTC day, over the roads that exist; days without runs are absent. */
  readonly savedCpuMsByDay: ReadonlyMap<string, number>;
  readonly roads: readonly string[];
}

export interface DemandSide {
  readonly runs: number;
  readonly readers: number;
  readonly days: number;
  readonly baseCpuMs: number;
  readonly martCpuMs: number;
}

export interface TemplateShare {
  readonly answer: Answer;
  readonly reachableRuns: number;
  readonly unreachableRuns: number;
  readonly sampleIds: readonly string[];
  /** Thread time a run saves against what it costs without this mart, over all clients. */
  readonly savedCpuMs: number;
  /** Over the roads that exist, all days the history covers. */
  readonly runsByDay: ReadonlyMap<string, number>;
  readonly readers: number;
}

export interface CandidateDemandParts {
  readonly answers: readonly Answer[];
  readonly demandOf: (fingerprint: string) => TemplateDemand | undefined;
  readonly routeClients: ReadonlySet<string>;
  readonly presentCpuMs: PresentCost;
  readonly fromDay: string;
}

/** What a run costs without this mart: base, or the best other mart a road leads its client to. */
export type PresentCost = (
  run: Pick<Answer, 'fingerprint' | 'baseCpuMs'> & { readonly client: string },
) => number;

/** Of a template nobody asked over a road: a client that tells no name. */
const NO_CLIENT = '';

/** Folds the answers of one candidate into its demand; runs before `fromDay` are not counted. */
export function candidateDemand(parts: CandidateDemandParts): CandidateDemand {
  const { answers, demandOf, routeClients, presentCpuMs, fromDay } = parts;
  const reachable = new Side();
  const unreachable = new Side();
  const clients = new Map<string, number>();
  const byTemplate: TemplateShare[] = [];
  const savedCpuMsByDay = new Map<string, number>();

  for (const answer of answers) {
    const demand = demandOf(answer.fingerprint);
    if (demand === undefined) {
      continue;
    }
    const split = splitByRoad(answer, { demand, routeClients });
    const savedFor = (client: string) =>
      Math.max(0, presentCpuMs({ ...answer, client }) - answer.martCpuMs);
    const inWindow = split.reachable.filter(({ day }) => day >= fromDay);
    const runsByDay = new Map<string, number>();
    let [allRuns, allSaved] = [0, 0];
    for (const { day, reader, client, runs } of split.reachable) {
      const saved = runs * savedFor(client);
      allRuns += runs;
      allSaved += saved;
      runsByDay.set(day, (runsByDay.get(day) ?? 0) + runs);
      savedCpuMsByDay.set(day, (savedCpuMsByDay.get(day) ?? 0) + saved);
      if (day >= fromDay) {
        reachable.add({ day, reader, runs, answer });
      }
    }
    const without = split.unreachable.filter(({ day }) => day >= fromDay);
    for (const { day, reader, runs, client } of without) {
      unreachable.add({ day, reader, runs, answer });
      clients.set(client, (clients.get(client) ?? 0) + runs);
    }
    byTemplate.push({
      answer,
      reachableRuns: inWindow.reduce((sum, { runs }) => sum + runs, 0),
      unreachableRuns: without.reduce((sum, { runs }) => sum + runs, 0),
      sampleIds: demand.sampleIds,
      savedCpuMs: allRuns === 0 ? savedFor(NO_CLIENT) : allSaved / allRuns,
      runsByDay,
      readers: new Set(inWindow.map(({ reader }) => reader)).size,
    });
  }
  return {
    reachable: reachable.total(),
    unreachable: unreachable.total(),
    clientsWithoutRoad: [...clients.entries()]
      .toSorted(([a, aRuns], [b, bRuns]) => bRuns - aRuns || (a < b ? -1 : 1))
      .map(([client]) => (client === '' ? '(no client told)' : client)),
    byTemplate,
    savedCpuMsByDay,
    roads: roadsOf(byTemplate),
  };
}

/** Roads that carry runs, each once. */
function roadsOf(shares: readonly TemplateShare[]): readonly string[] {
  const used = shares.filter(({ reachableRuns }) => reachableRuns > 0);
  return [...new Set(used.map(({ answer }) => roadOf(answer)))].toSorted();
}

class Side {
  #runs = 0;
  #baseCpuMs = 0;
  #martCpuMs = 0;
  readonly #readers = new Set<string>();
  readonly #days = new Set<string>();

  add(ask: {
    readonly day: string;
    readonly reader: string;
    readonly runs: number;
    readonly answer: Answer;
  }): void {
    this.#runs += ask.runs;
    this.#baseCpuMs += ask.runs * ask.answer.baseCpuMs;
    this.#martCpuMs += ask.runs * ask.answer.martCpuMs;
    this.#readers.add(ask.reader);
    this.#days.add(ask.day);
  }

  total(): DemandSide {
    return {
      runs: this.#runs,
      readers: this.#readers.size,
      days: this.#days.size,
      baseCpuMs: this.#baseCpuMs,
      martCpuMs: this.#martCpuMs,
    };
  }
}
