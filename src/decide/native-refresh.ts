import { DAY_MS, dayOf } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { whyNotAggregated } from '../candidates/aggregates-by-changes.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { nativeFormOf } from '../candidates/native-shape-of.ts';
import type { Mart } from '../marts/mart.ts';
import { isSameNative, type NativeShape } from '../marts/native-shape.ts';
import type { CycleInput } from './cycle-input.ts';
import { whyNotLive } from './why-not-live.ts';

export type NativeHere =
  /** Nobody asked for it. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'native';
      readonly shape: NativeShape;
      readonly proveWhole: boolean;
      /** What its refreshes run on, where that is on a bill of its own. */
      readonly billedApart?: string;
    }
  | { readonly kind: 'table'; readonly because: string };

/** As `nativeFormOf`, where the operator lets the warehouse keep versions itself, and it did not refuse this one lately. */
export function nativeHere(
  candidate: Candidate,
  {
    mart,
    input,
    isRouted,
  }: {
    readonly mart: Mart | undefined;
    readonly input: CycleInput;
    readonly isRouted: boolean;
  },
): NativeHere {
  const { policy, capabilities, catalog, now } = input;
  const offered = capabilities.nativeShape;
  if (policy.nativeShapes !== true) {
    return { kind: 'none' };
  }
  if (offered === undefined) {
    return asTable('Goldsmith knows no shape of its own of this warehouse');
  }
  const { definition } = candidate;
  const refused = mart?.notNative;
  if (refused !== undefined && now - refused.since < ASKED_AGAIN_MS) {
    return asTable(
      `${refused.because} (on ${dayOf(refused.since)}; it is asked again after ${formatDuration(ASKED_AGAIN_MS)})`,
    );
  }
  if (mart?.pruned?.some(({ stage }) => stage !== 'announced') === true) {
    return asTable('some of its attributes are not stored');
  }
  const { leastLagMs, kind, compute, refresh, billedApart } = offered;
  if (isRouted) {
    return asTable(`\`route\` answers some of its statements, and does not from a ${kind}`);
  }
  if (leastLagMs !== undefined && definition.maxStalenessMs < leastLagMs) {
    return asTable(
      `its answers may be ${formatDuration(definition.maxStalenessMs)} old, and a ${kind} promises no less than ${formatDuration(leastLagMs)}`,
    );
  }
  const other =
    refresh === 'incremental'
      ? definition.sources.find(
          (source) => !catalog.some((each) => each.id === source && each.kind === 'table'),
        )
      : undefined;
  if (other !== undefined) {
    return asTable(`${other} is no table of this database, so its changes are not told`);
  }
  const form = nativeFormOf(candidate, offered);
  if (form.kind === 'table') {
    return form;
  }
  const odd =
    whyNotAggregated(candidate, { shape: offered, catalog }) ??
    (offered.live === true ? whyNotLive(candidate, { catalog, now }) : undefined);
  if (odd !== undefined) {
    return asTable(odd);
  }
  const shape: NativeShape = {
    kind,
    ...(form.key === undefined ? {} : { key: form.key }),
    ...(leastLagMs === undefined ? {} : { lagMs: definition.maxStalenessMs }),
    ...(compute === undefined ? {} : { compute }),
  };
  const since = mart?.current?.native?.sinceWhole ?? 0;
  const isDue = since + 1 >= policy.wholeProofEvery;
  const proveWhole = refresh === 'whole' || isDue;
  const apart = billedApart === undefined ? {} : { billedApart };
  return { kind: 'native', shape, proveWhole, ...apart };
}

/** Whether the version that stands can be refreshed in its place. */
export function standsAs({ current }: Mart, shape: NativeShape | undefined): boolean {
  const stands = current?.native;
  const isOfToday = stands?.isFormer !== true;
  return stands !== undefined && shape !== undefined && isOfToday && isSameNative(stands, shape);
}

/** Why the warehouse's own shape is or is not taken, in words; empty where none was asked for. */
export function nativeWords(native: NativeHere, isChosen: boolean): string {
  switch (native.kind) {
    case 'none':
      return '';
    case 'table':
      return `; kept as a table, because ${native.because}`;
    case 'native': {
      const { kind, lagMs, compute } = native.shape;
      const { billedApart } = native;
      const apart =
        billedApart === undefined ? '' : `, refreshed on ${billedApart}, which are billed apart`;
      const payer = compute === undefined ? apart : `, refreshed on ${compute}, which pays for it`;
      const lag =
        lagMs === undefined ? '' : `, and never let get older than ${formatDuration(lagMs)}`;
      return isChosen
        ? `; kept by the warehouse as a ${kind}${payer}${lag}`
        : `; kept as a table, which costs no more than a ${kind}`;
    }
  }
}

/** A warehouse learns, and grants are given. */
const ASKED_AGAIN_MS = 30 * DAY_MS;

function asTable(because: string): NativeHere {
  return { kind: 'table', because };
}
