import type { SourceState } from '../marts/mart.ts';
import { type RangedBy, rangeCount, type Unfinished } from '../marts/ranges.ts';
import { isSameMeasure } from '../marts/same-measure.ts';
import type { CycleInput } from './cycle-input.ts';
import type { Survey } from './survey.ts';
import type { Weighed } from './weigh.ts';

/** Whether a first build is made at once, or over several cycles, a range of its definition after the other. */
export type WayToBuild =
  | { readonly kind: 'at-once' }
  | {
      readonly kind: 'fill';
      readonly by: RangedBy;
      readonly rowsPerStep: number;
      readonly because: string;
    }
  /** Steps have filled it: it is proved and published. */
  | { readonly kind: 'finish'; readonly unfinished: Unfinished; readonly because: string };

/** Another source that changes this often while steps fill a version: it is then built at once. */
const MOST_RESTARTS = 3;
/** Steps are worth their waiting where there are at least so many. */
const LEAST_STEPS = 2;

export function wayToBuild(
  { appraisal: { mart, refresh } }: Weighed,
  { input, seen }: { readonly input: CycleInput; readonly seen: Pick<Survey, 'rowsOf'> },
): WayToBuild {
  const { by } = refresh;
  const rowsPerStep = input.caps.steps?.sourceRows;
  if (by === undefined || rowsPerStep === undefined) {
    return { kind: 'at-once' };
  }
  const unfinished = mart?.unfinished;
  if ((unfinished?.restarts ?? 0) >= MOST_RESTARTS) {
    return { kind: 'at-once' };
  }
  const rows = seen.rowsOf(by.source);
  if (unfinished === undefined) {
    return rows <= LEAST_STEPS * rowsPerStep
      ? { kind: 'at-once' }
      : {
          kind: 'fill',
          by,
          rowsPerStep,
          because: `in steps by ${by.column}: ${by.source} has ${rows} rows, and a step reads about ${rowsPerStep}`,
        };
  }
  const { filled, bounds } = unfinished;
  const progress = `${filled.length} of ${rangeCount(bounds)} ranges by ${unfinished.by.column} are filled`;
  const moved = unfinished.others.find((before) => hasMoved(before, input));
  if (moved !== undefined) {
    const because = `in steps: ${moved.relation} changed since they began, so they begin again`;
    return { kind: 'fill', by, rowsPerStep, because };
  }
  return filled.length < rangeCount(bounds)
    ? { kind: 'fill', by, rowsPerStep, because: `in steps: ${progress}` }
    : {
        kind: 'finish',
        unfinished,
        because: `in steps: ${progress}, what changed since is filled again, and all of it is proved`,
      };
}

function hasMoved(before: SourceState, { sourceStates }: CycleInput): boolean {
  const now = sourceStates.find((state) => isSameMeasure(state, before));
  // Where the number of rows said enough about another mart, contents were not read.
  const isOther = now?.checksum !== '' && now?.checksum !== before.checksum;
  return now !== undefined && (now.rows !== before.rows || isOther);
}
