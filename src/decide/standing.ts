import type { RelationId } from '../base/relation.ts';
import { addUsd, type NanoUsd, subtractUsd } from '../base/usd.ts';
import type { Answer } from '../candidates/candidate.ts';
import type { TemplateDemand } from '../candidates/demand.ts';
import { roadOf } from '../candidates/roads.ts';
import { priceCpuMs } from '../cost/price-work.ts';
import type { Appraisal } from './appraise.ts';
import type { CycleInput } from './cycle-input.ts';
import { pinnedBound } from './staleness.ts';
import type { Survey } from './survey.ts';

/** A physical mart that the marts beside it make superfluous: what it costs to keep, and to be without. */
export interface Merge {
  readonly relation: RelationId;
  /** Who answers in its place, the one that takes over most first. */
  readonly into: readonly RelationId[];
  /** Of its kinds of statement, those that another mart answers for some of their readers. */
  readonly templates: number;
  readonly of: number;
  /** What its readers' runs cost more a day without it, those that no other mart answers at the price of base. */
  readonly extraPerDay: NanoUsd;
  readonly upkeepPerDay: NanoUsd;
  /** `upkeepPerDay - extraPerDay`. */
  readonly freesPerDay: NanoUsd;
}

/** One client's run of a template. */
export interface Run extends Pick<Answer, 'fingerprint' | 'baseCpuMs'> {
  readonly client: string;
}

interface Answered extends Answer {
  readonly relation: RelationId;
}

export type StandingParts = Pick<
  Survey,
  'demandByFingerprint' | 'routeClients' | 'evidenceDays' | 'price'
> &
  Pick<CycleInput, 'cyclePeriodMs'>;

/** The physical marts of a cycle, and where each client's run of each template is answered cheapest. */
export class Standing {
  readonly #marts: readonly Appraisal[];
  readonly #parts: StandingParts;
  /** Who answers a template, the cheapest first. */
  readonly #answers = new Map<string, readonly Answered[]>();

  constructor(marts: readonly Appraisal[], parts: StandingParts) {
    this.#marts = marts.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    this.#parts = parts;
    const answers = this.#marts.flatMap((mart) =>
      mart.answers.map((answer) => ({ ...answer, relation: nameOf(mart) })),
    );
    for (const [fingerprint, all] of Map.groupBy(answers, (each) => each.fingerprint)) {
      this.#answers.set(
        fingerprint,
        all.toSorted((a, b) => a.martCpuMs - b.martCpuMs),
      );
    }
  }

  /** The cheapest mart a road leads this run to, among these; absent where base answers. */
  cheapest(
    { fingerprint, client }: Pick<Run, 'fingerprint' | 'client'>,
    among: (relation: RelationId) => boolean = () => true,
  ): Pick<Answered, 'relation' | 'martCpuMs'> | undefined {
    const answers = this.#answers.get(fingerprint) ?? [];
    const isRouted = this.#parts.routeClients.has(client);
    // A statement that names several marts is as fast as this only while all of them stand.
    const isNamed = answers.every(({ how, relation }) => how === 'route' || among(relation));
    const isReached = { route: isRouted, rewritten: true, 'stable-name': isNamed };
    return answers.find((answer) => isReached[roadOf(answer)] && among(answer.relation));
  }

  /**
   * Which marts would not be missed, given those that stay: one after the other, the one that frees most first, as long
   * as another answers some of its readers and its upkeep is more than what reading costs more without it.
   */
  merges(mayGo: (mart: Appraisal) => boolean): ReadonlyMap<RelationId, Merge> {
    const left = new Set(this.#marts.map(nameOf));
    const gone: Appraisal[] = [];
    for (;;) {
      const found = this.#marts
        .filter((mart) => left.has(nameOf(mart)) && mayGo(mart))
        .map((mart) => ({ mart, merge: this.#mergeOf(mart, left) }))
        .filter(({ merge }) => merge.into.length > 0 && merge.freesPerDay > 0n)
        .toSorted((a, b) => Number(b.merge.freesPerDay - a.merge.freesPerDay))[0];
      if (found === undefined) {
        break;
      }
      left.delete(nameOf(found.mart));
      gone.push(found.mart);
    }
    return new Map(gone.map((mart) => [nameOf(mart), this.#mergeOf(mart, left)]));
  }

  #mergeOf(mart: Appraisal, left: ReadonlySet<RelationId>): Merge {
    const relation = nameOf(mart);
    const { maxStalenessMs } = mart.candidate.definition;
    const others = new Set(
      this.#marts
        .filter((other) => nameOf(other) !== relation && left.has(nameOf(other)))
        .filter((other) => this.#mayAnswerFor(other, maxStalenessMs))
        .map(nameOf),
    );
    const taken = new Map<RelationId, number>();
    const shared = new Set<string>();
    let extra = 0;
    for (const answer of mart.answers) {
      const { fingerprint, baseCpuMs } = answer;
      for (const [client, runs] of this.#runsOf(fingerprint)) {
        if (roadOf(answer) === 'route' && !this.#parts.routeClients.has(client)) {
          continue;
        }
        const run = { fingerprint, client };
        const now = this.cheapest(run, (each) => each === relation || others.has(each));
        const then = this.cheapest(run, (each) => others.has(each));
        const thenCpuMs = Math.min(baseCpuMs, then?.martCpuMs ?? Infinity);
        extra += runs * Math.max(0, thenCpuMs - (now?.martCpuMs ?? baseCpuMs));
        if (then !== undefined) {
          shared.add(fingerprint);
          taken.set(then.relation, (taken.get(then.relation) ?? 0) + runs * baseCpuMs);
        }
      }
    }
    const { upkeepPerDay } = mart.estimate;
    const days = Math.max(1, this.#parts.evidenceDays.length);
    const extraPerDay = priceCpuMs(extra / days, this.#parts.price);
    return {
      relation,
      into: [...taken]
        .toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1))
        .map(([id]) => id),
      templates: shared.size,
      of: mart.answers.length,
      extraPerDay,
      upkeepPerDay,
      freesPerDay: subtractUsd(upkeepPerDay, extraPerDay),
    };
  }

  /** It must stay itself, and answer no older than its readers were promised. */
  #mayAnswerFor({ candidate }: Appraisal, maxStalenessMs: number): boolean {
    const { definition, objections } = candidate;
    return (
      objections.length === 0 &&
      definition.maxStalenessMs <= maxStalenessMs &&
      pinnedBound(candidate, this.#parts.cyclePeriodMs) === undefined
    );
  }

  /** Runs of the evidence window by client. */
  #runsOf(fingerprint: string): ReadonlyMap<string, number> {
    const from = this.#parts.evidenceDays[0] ?? '9999-12-31';
    const asks = this.#parts.demandByFingerprint.get(fingerprint)?.asks ?? [];
    return totals(asks.filter(({ day }) => day >= from));
  }
}

/** What the marts that a new one would make superfluous free a day, all together. */
export function freedBy(merges: Iterable<Merge>): NanoUsd {
  return addUsd(...[...merges].map(({ freesPerDay }) => freesPerDay));
}

function nameOf({ candidate }: Appraisal): RelationId {
  return candidate.definition.relation;
}

function totals(asks: TemplateDemand['asks']): ReadonlyMap<string, number> {
  const runs = new Map<string, number>();
  for (const ask of asks) {
    runs.set(ask.client, (runs.get(ask.client) ?? 0) + ask.runs);
  }
  return runs;
}
