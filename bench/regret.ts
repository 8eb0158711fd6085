import type { DemandStream } from './demand-streams.ts';

/** What a course cost more than the best one, and where: the three parts add up to the whole. */
export interface Regret {
  readonly whole: number;
  /** Days on which the best had the mart and it had not. */
  readonly without: number;
  /** Days on which it had the mart and the best had not. */
  readonly needless: number;
  /** Builds more than the best's; negative where they were fewer. */
  readonly builds: number;
}

/** What a course, day by day whether the mart stood, cost more than that of somebody who knew the future. */
export function regretOf(stream: DemandStream, stands: readonly boolean[]): Regret {
  const { saved, upkeep, build } = stream;
  const best = bestCourse(stream);
  let [without, needless] = [0, 0];
  for (const [day, each] of saved.entries()) {
    if (best[day] === true && stands[day] !== true) {
      without += each - upkeep;
    } else if (best[day] !== true && stands[day] === true) {
      needless += upkeep - each;
    }
  }
  const builds = (buildsIn(stands) - buildsIn(best)) * build;
  return { whole: without + needless + builds, without, needless, builds };
}

/** On which days the mart stands in the cheapest course: the recurrence of `offlineOptimum`, walked back. */
export function bestCourse({ saved, build, upkeep }: DemandStream): readonly boolean[] {
  let [off, on] = [0, Infinity];
  const came = saved.map((each) => {
    const turns = { letGo: on < off, isBuilt: off + build < on };
    [off, on] = [Math.min(off, on) + each, Math.min(on, off + build) + upkeep];
    return turns;
  });
  let stands = on < off;
  return came
    .toReversed()
    .map(({ letGo, isBuilt }) => {
      const today = stands;
      stands = stands ? !isBuilt : letGo;
      return today;
    })
    .toReversed();
}

function buildsIn(stands: readonly boolean[]): number {
  return stands.filter((each, day) => each && stands[day - 1] !== true).length;
}
