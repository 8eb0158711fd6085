import { calendarDay } from './calendar.ts';
import type { Profile } from './profiles.ts';

/** Half-life of a class's mean, in days of the calendar; at least this many days of its own. */
const CLASS_HALF_LIFE_DAYS = 90;
const LEAST_CLASS_DAYS = 6;
/** A class hardly seen yet is taken to be like the others: this many days of them. */
const SHRINKAGE_DAYS = 0.7;
/** A day on which nothing was expected may still bring a run. */
const LEAST_EXPECTED = 0.02;
/** A level is forgotten by the demand that was expected, not by the days: quiet weeks teach nothing of it. */
const MOST_FORGOTTEN = 3;
const DISPERSION_MEMORY = 0.99;
const PRIOR_DAYS = 5;
const PRIOR_DISPERSION = 1.3;
const MOST_DISPERSION = 1000;
const LEAST_VARIANCE = 0.3;
/** The first days of a class teach its mean, not its spread. */
const DAYS_TO_KNOW = 2;
/** How long an explanation is remembered for having foretold well. */
const SCORE_MEMORY = 0.985;

/**
 * One explanation of a template's runs: a level that moves (Gamma-Poisson with exponential memory) times a shape by
 * class of day. A class forgets by its own days only, and quiet days hardly move the level where none was expected:
 * a month-end is remembered over the weeks between.
 */
export class SeasonModel {
  readonly profile: Profile;
  readonly #memory: number;
  readonly #keeps: readonly number[];
  readonly #counts: number[];
  readonly #days: number[];
  /** Shape by class: 1 is an average day. */
  readonly #shapes: number[];
  /** Mean runs of an average day: what shapes are relative to. */
  #unit = 0;
  #runs = 0;
  #exposure = 0;
  #score = 0;
  #surprise = PRIOR_DAYS * PRIOR_DISPERSION;
  #surpriseDays = PRIOR_DAYS;

  constructor(profile: Profile, halfLifeDays: number) {
    this.profile = profile;
    this.#memory = 2 ** (-1 / halfLifeDays);
    this.#counts = profile.shares.map(() => 0);
    this.#days = profile.shares.map(() => 0);
    this.#shapes = profile.shares.map(() => 1);
    this.#keeps = profile.shares.map(
      (share) => 2 ** (-1 / Math.max(LEAST_CLASS_DAYS, CLASS_HALF_LIFE_DAYS * share)),
    );
  }

  /** Log of its weight beside other explanations. */
  get score(): number {
    return this.#score + this.profile.prior;
  }

  /** Variance over mean of a day's runs by this explanation: 1 where they come by chance, more where in heaps. */
  get dispersion(): number {
    return Math.min(MOST_DISPERSION, Math.max(1, this.#surprise / this.#surpriseDays));
  }

  /** Expected runs of a whole UTC day since the epoch. */
  expects(day: number): number {
    return this.#level() * this.#shapeOn(day);
  }

  /** The same, for less where a class is hardly known: silence tells nothing where nothing ever came. */
  surelyExpects(day: number): number {
    const at = this.profile.classOf(calendarDay(day));
    const mean = (this.#counts[at] ?? 0) / ((this.#days[at] ?? 0) + 1);
    return this.#unit <= 0 ? 0 : (this.#level() * mean) / this.#unit;
  }

  /** Runs the level will rest on by then: its relative variance is one over them. */
  evidenceIn(days: number): number {
    return this.#runs * this.#memory ** days;
  }

  /** Learns a day; where runs come in heaps (`dispersion` above 1) a surprise tells less. */
  observe(day: number, seen: { readonly runs: number; readonly dispersion: number }): void {
    const { runs, dispersion } = seen;
    const expected = Math.max(LEAST_EXPECTED, this.expects(day));
    this.#score = SCORE_MEMORY * this.#score + (runs * Math.log(expected) - expected) / dispersion;
    const at = this.profile.classOf(calendarDay(day));
    if ((this.#days[at] ?? 0) >= DAYS_TO_KNOW) {
      const off = (runs - expected) ** 2 / Math.max(LEAST_VARIANCE, expected);
      this.#surprise = this.#surprise * DISPERSION_MEMORY + off;
      this.#surpriseDays = this.#surpriseDays * DISPERSION_MEMORY + 1;
    }
    this.#learnClass(at, runs);
    const shape = this.#shapeOn(day);
    const kept = this.#memory ** Math.min(MOST_FORGOTTEN, shape);
    this.#runs = this.#runs * kept + runs;
    this.#exposure = this.#exposure * kept + shape;
  }

  #level(): number {
    return this.#exposure <= 0 ? 0 : this.#runs / this.#exposure;
  }

  #shapeOn(day: number): number {
    return this.#shapes[this.profile.classOf(calendarDay(day))] ?? 1;
  }

  #learnClass(at: number, runs: number): void {
    const keep = this.#keeps[at] ?? 1;
    this.#counts[at] = (this.#counts[at] ?? 0) * keep + runs;
    this.#days[at] = (this.#days[at] ?? 0) * keep + 1;
    const counted = this.#counts.reduce((sum, each) => sum + each, 0);
    const pooled = counted / this.#days.reduce((sum, each) => sum + each, 0);
    const means = this.#counts.map(
      (count, i) => (count + SHRINKAGE_DAYS * pooled) / ((this.#days[i] ?? 0) + SHRINKAGE_DAYS),
    );
    this.#unit = this.profile.shares.reduce((sum, share, i) => sum + share * (means[i] ?? 0), 0);
    for (const [i, mean] of means.entries()) {
      this.#shapes[i] = this.#unit <= 0 ? 1 : mean / this.#unit;
    }
  }
}
