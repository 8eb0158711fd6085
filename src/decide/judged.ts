import type { CycleInput } from './cycle-input.ts';
import type { Decision } from './judge.ts';
import type { Room } from './room.ts';
import type { Survey } from './survey.ts';
import type { Weighed } from './weigh.ts';

/** A candidate or a view with the rules' word on it. */
export interface Judged {
  readonly weighed: Weighed;
  readonly decision: Decision;
}

export interface JudgedParts {
  readonly input: CycleInput;
  readonly seen: Survey;
  readonly room: Room;
}
