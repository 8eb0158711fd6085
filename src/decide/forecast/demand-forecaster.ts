import { calendarDay } from './calendar.ts';
import { type Expected, OwnErrors } from './own-errors.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { SeasonModel } from './season-model.ts';

const HALF_LIVES_DAYS = [7, 21, 60];
/** Demand is taken to last at least this long, and twice as long as it has lasted. */
const LEAST_LIFE_DAYS = 120;
const MOST_ODDS = 1e6;
const LEAST_WEIGHT = 1e-6;
const SEASON_DAYS = 5;

/**
 * Forecasts the runs of one template by day. Explanations (a calendar profile with a memory of 7, 21 or 60 days) are
 * weighed by how well each foretold every day before it came. Spread comes from runs that come in heaps, from how little
 * the level rests on, from explanations that disagree, and from the chance that the demand has ended; how far off it was before
 * says how much of it to believe.
 */
export class DemandForecaster {
  readonly #models: readonly SeasonModel[] = PROFILES.flatMap((profile) =>
    HALF_LIVES_DAYS.map((days) => new SeasonModel(profile, days)),
  );
  readonly #seasons = new Set<number>();
  readonly #errors = new OwnErrors();
  #weights: readonly number[] = this.#models.map(() => 1 / this.#models.length);
  #days = 0;
  #activeDays = 0;
  /** Odds that the demand has ended. */
  #ended = 0;

  /** Learns the next whole UTC day since the epoch; days before the first run teach nothing. */
  observe(day: number, runs: number): void {
    if (this.#activeDays === 0 && runs === 0) {
      return;
    }
    if (this.#days > 0) {
      this.#noteSilence(runs, this.#surelyExpects(day));
    }
    // All are judged by the steadiest: a poor explanation makes any demand look like heaps.
    const dispersion = this.#models.reduce(
      (least, model) => Math.min(least, model.dispersion),
      Infinity,
    );
    for (const model of this.#models) {
      model.observe(day, { runs, dispersion });
    }
    this.#weights = weightsOf(this.#models);
    this.#days += 1;
    if (runs > 0) {
      this.#activeDays += 1;
      this.#noteSeason(day);
    }
    this.#errors.note(day, runs, (from, days) => this.#plainTotal(from, days));
  }

  /** Variance over mean of a day's runs: 1 where they come by chance, more where they come in heaps. */
  get dispersion(): number {
    return this.#models.reduce(
      (sum, model, i) => sum + (this.#weights[i] ?? 0) * model.dispersion,
      0,
    );
  }

  /** Probability that the silence since the last run is not the end. */
  get alive(): number {
    return 1 / (1 + this.#ended);
  }

  get activeDays(): number {
    return this.#activeDays;
  }

  /** Months in whose first or last days there were runs. */
  get seasonsSeen(): number {
    return this.#seasons.size;
  }

  /** The profile that explains it best. */
  get profile(): Profile | undefined {
    const shares = PROFILES.map((profile) => ({
      profile,
      share: this.#models.reduce(
        (sum, model, i) => sum + (model.profile === profile ? (this.#weights[i] ?? 0) : 0),
        0,
      ),
    }));
    return shares.toSorted((a, b) => b.share - a.share)[0]?.profile;
  }

  /** Expected runs on each day to come. */
  path(from: number, days: number): readonly number[] {
    return Array.from({ length: days }, (_, i) => this.alive * this.#expects(from + i));
  }

  /** Their sum with its standard deviation. */
  total(from: number, days: number): Expected {
    const { mean, sd } = this.#plainTotal(from, days);
    return { mean, sd: sd * this.#errors.scale };
  }

  #plainTotal(from: number, days: number): Expected {
    const { alive, dispersion } = this;
    let mean = 0;
    let squares = 0;
    let level = 0;
    for (const [i, model] of this.#models.entries()) {
      const weight = this.#weights[i] ?? 0;
      if (weight >= LEAST_WEIGHT) {
        let sum = 0;
        for (let day = from; day < from + days; day++) {
          sum += model.expects(day);
        }
        mean += weight * sum;
        squares += weight * sum * sum;
        level += (weight * sum * sum) / Math.max(0.5, model.evidenceIn(days / 2));
      }
    }
    const between = Math.max(0, squares - mean * mean);
    const spread = dispersion * (mean + level) + between;
    const variance = alive * (spread + mean * mean) - (alive * mean) ** 2;
    return { mean: alive * mean, sd: Math.sqrt(Math.max(0, variance)) };
  }

  #expects(day: number): number {
    return this.#models.reduce(
      (sum, model, i) => sum + (this.#weights[i] ?? 0) * model.expects(day),
      0,
    );
  }

  #surelyExpects(day: number): number {
    return this.#models.reduce(
      (sum, model, i) => sum + (this.#weights[i] ?? 0) * model.surelyExpects(day),
      0,
    );
  }

  /** Silence where runs were expected speaks for an end; where they come in heaps it takes more of it. */
  #noteSilence(runs: number, expected: number): void {
    const hazard = 1 / Math.max(LEAST_LIFE_DAYS, 2 * this.#days);
    const silence = Math.exp(Math.min(20, expected / this.dispersion));
    this.#ended = runs > 0 ? 0 : Math.min(MOST_ODDS, (this.#ended + hazard) * silence);
  }

  /** The last days of a month and the first of the next are one season. */
  #noteSeason(day: number): void {
    const { dayOfMonth, daysLeft } = calendarDay(day);
    if (dayOfMonth <= SEASON_DAYS) {
      this.#seasons.add(day - dayOfMonth);
    } else if (daysLeft < SEASON_DAYS) {
      this.#seasons.add(day + daysLeft);
    }
  }
}

function weightsOf(models: readonly SeasonModel[]): readonly number[] {
  const best = models.reduce((most, { score }) => Math.max(most, score), -Infinity);
  const raw = models.map(({ score }) => Math.exp(score - best));
  const sum = raw.reduce((total, each) => total + each, 0);
  return raw.map((each) => each / sum);
}
