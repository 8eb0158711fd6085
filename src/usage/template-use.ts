import type { EpochMs } from '../base/clock.ts';
import { type Decay, decayWeight } from './decay.ts';
import type { Reader, UsageFact } from './template.ts';

/** The use of one template over a window, all readers together; Goldsmith's own statements left out. */
export interface TemplateUse {
  readonly fingerprint: string;
  readonly runs: number;
  /** Runs, each weighted by its age. */
  readonly frequency: number;
  readonly cpuMs: number;
  readonly readers: ReadonlySet<string>;
  /** UTC days with at least one run. */
  readonly days: ReadonlySet<string>;
  readonly lastSeenAt: EpochMs;
}

/** Adds facts up per template, in order of fingerprint; once for the same facts and decay. */
export function useByTemplate(
  facts: readonly UsageFact[],
  decay: Decay,
): ReadonlyMap<string, TemplateUse> {
  const known = USES.get(facts);
  if (known?.now === decay.now && known.halfLifeDays === decay.halfLifeDays) {
    return known.uses;
  }
  const uses = addUp(facts, decay);
  USES.set(facts, { ...decay, uses });
  return uses;
}

interface KnownUses extends Decay {
  readonly uses: ReadonlyMap<string, TemplateUse>;
}

const USES = new WeakMap<readonly UsageFact[], KnownUses>();

function addUp(facts: readonly UsageFact[], decay: Decay): ReadonlyMap<string, TemplateUse> {
  const weights = new Map<string, number>();
  const readerKeys = new Map<Reader, string>();
  const uses = new Map<string, Sum>();
  for (const fact of facts) {
    if (fact.reader.kind === 'goldsmith') {
      continue;
    }
    let weight = weights.get(fact.day);
    if (weight === undefined) {
      weight = decayWeight(fact.day, decay);
      weights.set(fact.day, weight);
    }
    let use = uses.get(fact.fingerprint);
    if (use === undefined) {
      use = emptySum(fact.fingerprint);
      uses.set(fact.fingerprint, use);
    }
    let reader = readerKeys.get(fact.reader);
    if (reader === undefined) {
      reader = readerKey(fact.reader);
      readerKeys.set(fact.reader, reader);
    }
    addFact(use, { fact, weight, reader });
  }
  return new Map([...uses].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** One text per reader, equal for equal readers. */
export function readerKey(reader: Reader): string {
  return `${reader.kind}\0${reader.name}\0${reader.tool}`;
}

interface Sum {
  readonly fingerprint: string;
  runs: number;
  frequency: number;
  cpuMs: number;
  readonly readers: Set<string>;
  readonly days: Set<string>;
  lastSeenAt: EpochMs;
}

function emptySum(fingerprint: string): Sum {
  return {
    fingerprint,
    runs: 0,
    frequency: 0,
    cpuMs: 0,
    readers: new Set(),
    days: new Set(),
    lastSeenAt: 0,
  };
}

interface WeightedFact {
  readonly fact: UsageFact;
  readonly weight: number;
  readonly reader: string;
}

function addFact(use: Sum, { fact, weight, reader }: WeightedFact): void {
  use.runs += fact.runs;
  use.frequency += fact.runs * weight;
  use.cpuMs += fact.cpuMs;
  use.lastSeenAt = Math.max(use.lastSeenAt, fact.lastEndedAt);
  if (fact.runs > 0) {
    use.readers.add(reader);
    use.days.add(fact.day);
  }
}
