import type { DemandStream } from './demand-streams.ts';

/** Decides each morning, on the days before, whether the mart is to stand today. */
export type StreamPolicy = (stream: DemandStream) => (day: number, stands: boolean) => boolean;

export function never(): () => boolean {
  return () => false;
}

export function always(): () => boolean {
  return () => true;
}

const PAYBACK_DAYS = 30;

/** Builds where the mean of the window pays upkeep and the build within 30 days; drops where it does not pay upkeep. */
export function windowOf(days: number): StreamPolicy {
  return ({ saved, upkeep, build }) =>
    (day, stands) => {
      const seen = saved.slice(Math.max(0, day - days), day);
      const mean = seen.reduce((sum, each) => sum + each, 0) / days;
      return day > 0 && (stands ? mean >= upkeep : mean > upkeep + build / PAYBACK_DAYS);
    };
}

/** The published decay of one e-fold a day, normalised to a mean a day, with the same rules of building and dropping. */
export const decayed: StreamPolicy = ({ saved, upkeep, build }) => {
  let sum = 0;
  return (day, stands) => {
    sum = sum / Math.E + (saved[day - 1] ?? 0);
    const mean = sum * (1 - 1 / Math.E);
    return day > 0 && (stands ? mean >= upkeep : mean > upkeep + build / PAYBACK_DAYS);
  };
};

/** The bare accumulator of `selection.md` 1.5, without a forecast. */
export function accumulator(alpha: number, beta: number): StreamPolicy {
  return ({ saved, upkeep, build }) => {
    let [missed, lost, stood] = [0, 0, false];
    return (day, stands) => {
      if (day === 0) {
        return false;
      }
      if (stands !== stood) {
        [missed, lost, stood] = [0, 0, stands];
      }
      const net = (saved[day - 1] ?? 0) - upkeep;
      missed = Math.max(0, missed + net);
      lost = Math.max(0, lost - net);
      return stands ? lost < beta * build : missed >= alpha * build;
    };
  };
}

export interface Followed {
  readonly cost: number;
  readonly builds: number;
  /** Day by day whether the mart stood. */
  readonly stands: readonly boolean[];
}

/** What a year of following it cost, how often it built, and when. */
export function follow(stream: DemandStream, policy: StreamPolicy): Followed {
  const decide = policy(stream);
  let [stands, cost, builds] = [false, 0, 0];
  const days: boolean[] = [];
  for (const [day, saved] of stream.saved.entries()) {
    const wanted = decide(day, stands);
    if (wanted && !stands) {
      cost += stream.build;
      builds += 1;
    }
    stands = wanted;
    days.push(stands);
    cost += stands ? stream.upkeep : saved;
  }
  return { cost, builds, stands: days };
}
