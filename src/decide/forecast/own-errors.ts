/** What is expected over days to come, in runs. */
export interface Expected {
  readonly mean: number;
  readonly sd: number;
}

/** z of the 20th and 80th percentile. */
export const Z = 0.84;
/** Share of what came that is to lie between the two. */
const INSIDE = 0.6;
/** How much one error widens or narrows. */
const STEP = 0.3;
const ASK_EVERY_DAYS = 7;
const HORIZON_DAYS = 28;
const LEAST_SCALE = 0.4;
const MOST_SCALE = 6;

interface Said extends Expected {
  readonly until: number;
  /** Runs that came since. */
  readonly came: number;
}

/**
 * How much wider or narrower a stream's interval has to be, by its own past errors, so that it holds what it says (adaptive
 * conformal inference, Gibbs and Candès 2021): once a week it is noted what is said of the next four weeks; when they have passed,
 * one that did not hold what came widens all later ones, one that did narrows them less. Nothing is assumed of how errors are spread.
 */
export class OwnErrors {
  #said: readonly Said[] = [];
  #scale = 1;

  /** The standard deviation is to be taken times this. */
  get scale(): number {
    return this.#scale;
  }

  /** Learns a whole UTC day that has passed, and notes once a week what is said of the days after it. */
  note(day: number, runs: number, say: (from: number, days: number) => Expected): void {
    this.#said = this.#said.flatMap((said) => {
      const now = { ...said, came: said.came + runs };
      if (said.until > day) {
        return [now];
      }
      this.#learn(now);
      return [];
    });
    if (day % ASK_EVERY_DAYS === 0) {
      const until = day + HORIZON_DAYS;
      this.#said = [...this.#said, { ...say(day + 1, HORIZON_DAYS), until, came: 0 }];
    }
  }

  #learn({ mean, sd, came }: Said): void {
    if (mean <= 0 && came === 0) {
      return;
    }
    const held = Math.abs(came - mean) <= Z * sd * this.#scale;
    const scale = this.#scale * Math.exp(STEP * (held ? INSIDE - 1 : INSIDE));
    this.#scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
  }
}
