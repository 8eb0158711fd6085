import { DAY_MS, dayOf } from '../base/clock.ts';
import type { Template, UsageFact } from '../usage/template.ts';
import { type Asker, readAskers } from './asker-reader.ts';
import type { Database, StoredValue } from './database.ts';
import { FACT_COLUMNS, factOf, NO_SAMPLES } from './fact-cells.ts';
import { splitIds } from './fact-writer.ts';
import { templateShelf } from './template-shelf.ts';

/** Whole UTC days since the epoch, both included. */
export interface Days {
  readonly from: number;
  readonly until: number;
}

export interface FactsAndTemplates {
  /** By day, template and asker; sample ids only on the latest few of each template. */
  readonly facts: readonly UsageFact[];
  /** By fingerprint. */
  readonly templates: readonly Template[];
}

/**
 * The facts of the days that were read last, kept until somebody writes to their day: a cycle reads again only what is
 * new, and what is not new is the same object as in the snapshot before.
 */
export interface FactDays {
  read(days: Days): FactsAndTemplates;
  /** Somebody wrote to this day. */
  forgetDay(day: number): void;
  /** The facts of earlier days are gone. */
  forgetBefore(day: number): void;
  /** The template has a new shape, or is gone. */
  forgetTemplate(id: number): void;
  reset(): void;
}

const SAMPLED_FACTS = 8;

/** One day, latest template first. */
interface Day {
  readonly facts: UsageFact[];
  readonly templateIds: number[];
  /** Whether the state holds sample ids for the fact, whether or not they are given. */
  readonly areSampled: boolean[];
}

/** How many facts of each template were given sample ids, counted from the latest on. */
type Sampled = Map<number, number>;

export function factDays(database: Database): FactDays {
  const latestDay = database.prepare('select max(day) as day from facts where day <= ?');
  const rowsOf = database.prepare(
    `select ${FACT_COLUMNS} from facts where day = ? order by template_id desc, asker_id desc`,
  );
  const templateIds = database.prepare('select distinct template_id from facts where day = ?');
  const dataVersion = database.prepare('pragma data_version');
  const templates = templateShelf(database);
  const kept = new Map<number, Day>();
  let askers: ReadonlyMap<number, Asker> = new Map();
  let version: StoredValue | undefined;

  function reset(): void {
    kept.clear();
    templates.reset();
    askers = new Map();
  }

  /** Another process that has the file open may have written to any day. */
  function noticeOthers(): void {
    const now = dataVersion.get()?.['data_version'];
    if (now !== version) {
      reset();
      version = now;
    }
  }

  function latest(day: number): number {
    return Number(latestDay.get(day)?.['day'] ?? Number.NEGATIVE_INFINITY);
  }

  function askerOf(id: number): Asker | undefined {
    if (!askers.has(id)) {
      askers = readAskers(database);
    }
    return askers.get(id);
  }

  function templateIdsOn(day: number): readonly number[] {
    return templateIds.all(day).map(({ template_id }) => Number(template_id));
  }

  function load(number: number, sampled: Sampled): Day {
    const text = dayOf(number * DAY_MS);
    const day: Day = { facts: [], templateIds: [], areSampled: [] };
    templates.take(templateIdsOn(number));
    for (const row of rowsOf.cells(number)) {
      const templateId = Number(row[0]);
      const template = templates.get(templateId);
      const asker = askerOf(Number(row[1]));
      const list = row[12];
      if (template === undefined || asker === undefined) {
        continue;
      }
      const isSampled = typeof list === 'string' && list !== '';
      const sampleIds = isSampled && takeSample(templateId, sampled) ? splitIds(list) : NO_SAMPLES;
      const { fingerprint } = template;
      day.facts.push(factOf(row, { fingerprint, day: text, asker, sampleIds }));
      day.templateIds.push(templateId);
      day.areSampled.push(isSampled);
    }
    return day;
  }

  /** The days with facts, latest first; undefined where a kept one let go of samples that are wanted again. */
  function readWindow({ from, until }: Days): readonly Day[] | undefined {
    const window: Day[] = [];
    const sampled: Sampled = new Map();
    for (let at = latest(until); at >= from; at = latest(at - 1)) {
      const known = kept.get(at);
      if (known !== undefined && !fit(known, sampled)) {
        return undefined;
      }
      const day = known ?? load(at, sampled);
      kept.set(at, day);
      window.push(day);
    }
    return window;
  }

  function forgetBefore(first: number): void {
    for (const day of kept.keys()) {
      if (day < first) {
        kept.delete(day);
      }
    }
  }

  function readAnew(days: Days): readonly Day[] {
    kept.clear();
    return readWindow(days) ?? [];
  }

  return {
    read(days) {
      noticeOthers();
      const window = readWindow(days) ?? readAnew(days);
      forgetBefore(days.from);
      const ids = new Set(window.flatMap((day) => day.templateIds));
      templates.keepOnly(ids);
      templates.take(ids);
      return {
        facts: oldestFirst(window),
        templates: [...ids]
          .flatMap((id) => templates.get(id) ?? [])
          .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
      };
    },
    forgetDay(day) {
      kept.delete(day);
    },
    forgetBefore,
    forgetTemplate: (id) => templates.forget(id),
    reset,
  };
}

function takeSample(templateId: number, sampled: Sampled): boolean {
  const count = sampled.get(templateId) ?? 0;
  sampled.set(templateId, count + 1);
  return count < SAMPLED_FACTS;
}

/** Later facts of a template take the place of earlier ones among its samples; only that way can a kept day go. */
function fit({ facts, templateIds, areSampled }: Day, sampled: Sampled): boolean {
  for (const [at, fact] of facts.entries()) {
    if (areSampled[at] !== true) {
      continue;
    }
    const isWanted = takeSample(templateIds[at] ?? 0, sampled);
    const isGiven = fact.sampleIds.length > 0;
    if (isWanted && !isGiven) {
      return false;
    }
    if (isGiven && !isWanted) {
      facts[at] = { ...fact, sampleIds: NO_SAMPLES };
    }
  }
  return true;
}

function oldestFirst(window: readonly Day[]): readonly UsageFact[] {
  const facts: UsageFact[] = [];
  for (const day of window) {
    for (const fact of day.facts) {
      facts.push(fact);
    }
  }
  return facts.reverse();
}
