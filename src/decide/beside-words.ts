import { counted } from '../base/counted.ts';
import { formatUsd } from '../base/usd.ts';
import type { Merge } from './standing.ts';
import type { Flip } from './verdict.ts';
import type { Weighed } from './weigh.ts';
import { lossAllowed } from './why-let-go.ts';

/** Why a mart is superfluous beside others, with both sides of the money. */
export function besideWords({ into, templates, of, extraPerDay, upkeepPerDay }: Merge): string {
  return `${into.join(' and ')} answer${into.length === 1 ? 's' : ''} ${templates} of its ${counted(of, 'kind of statement', 'kinds of statement')}; without it reading costs ${formatUsd(extraPerDay)} a day more, keeping it costs ${formatUsd(upkeepPerDay)}`;
}

/** What a candidate would take the place of. */
export function supersedesWords(supersedes: readonly Merge[]): string {
  return supersedes
    .map(
      ({ relation, freesPerDay }) =>
        `it takes the place of ${relation}, which frees ${formatUsd(freesPerDay)} a day`,
    )
    .join('; ');
}

/** What turns the verdict on a mart that others make superfluous: while it stands, the loss at which it goes. */
export function besideFlip({ merge, asked, accumulator }: Weighed): Flip | undefined {
  return merge === undefined
    ? undefined
    : {
        what: `net loss beside ${merge.into.join(' and ')}`,
        now: formatUsd(accumulator.lost),
        needed: formatUsd(lossAllowed(asked)),
      };
}

/** Once it goes: what reading without it would have to cost. */
export function mergeFlip({ extraPerDay, upkeepPerDay }: Merge): Flip {
  return {
    what: 'dollars a day that reading costs more without it',
    now: formatUsd(extraPerDay),
    needed: formatUsd(upkeepPerDay),
  };
}
