import { DAY_MS, dayOf } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { whyNotAggregated } from '../candidates/aggregates-by-changes.ts';
import { whyByParameters } from '../candidates/by-parameters.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { nativeFormOf } from '../candidates/native-shape-of.ts';
import type { NativeOffer } from '../connectors/native-offer.ts';
import type { Mart } from '../marts/mart.ts';
import { isSameNative, type NativeShape } from '../marts/native-shape.ts';
import type { CycleInput } from './cycle-input.ts';
import { whyNotLive } from './why-not-live.ts';

export type NativeHere =
  /** Nobody asked for it. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'native';
      /** At least one, the preferred first. */
      readonly choices: readonly NativeChoice[];
      /** Why those shapes of the warehouse are not among them that are not. */
      readonly others: readonly string[];
    }
  | { readonly kind: 'table'; readonly because: string };

/** A shape the warehouse may keep a mart in. */
export interface NativeChoice {
  readonly shape: NativeShape;
  readonly offer: NativeOffer;
  readonly proveWhole: boolean;
}

interface NativeQuestion {
  readonly mart: Mart | undefined;
  readonly input: CycleInput;
  readonly isRouted: boolean;
}

/**
 * As `nativeFormOf`, where the operator lets the warehouse keep versions itself, and it did not refuse this one lately. What stands as
 * it may is the only choice: another shape would be built for the same answers.
 */
export function nativeHere(candidate: Candidate, question: NativeQuestion): NativeHere {
  const { mart, input } = question;
  const { policy, capabilities } = input;
  if (policy.nativeShapes !== true) {
    return { kind: 'none' };
  }
  const { nativeShapes = [] } = capabilities;
  if (nativeShapes.length === 0) {
    return asTable('Goldsmith knows no shape of its own of this warehouse');
  }
  if (mart?.pruned?.some(({ stage }) => stage !== 'announced') === true) {
    return asTable('some of its attributes are not stored');
  }
  const tried = nativeShapes.map((offer) => ({
    offer,
    form: offeredTo(candidate, { ...question, offer }),
  }));
  const choices = tried.flatMap(({ offer, form }) =>
    form.kind === 'native' ? [{ offer, ...form }] : [],
  );
  const refused = tried.flatMap(({ offer, form }) =>
    form.kind === 'table' ? [{ of: offer.kind, because: form.because }] : [],
  );
  const [only, ...more] = [...new Set(refused.map(({ because }) => because))];
  if (choices.length === 0 && only !== undefined) {
    const each = refused.map(({ of, because }) => `as a ${of}: ${because}`);
    return asTable(more.length === 0 ? only : each.join('; '));
  }
  const stands = choices.find(({ shape }) => mart !== undefined && standsAs(mart, shape));
  return {
    kind: 'native',
    choices: stands === undefined ? choices : [stands],
    others: refused.map(({ of, because }) => `not as a ${of}, because ${because}`),
  };
}

type Offered =
  | { readonly kind: 'native'; readonly shape: NativeShape; readonly proveWhole: boolean }
  | { readonly kind: 'table'; readonly because: string };

function offeredTo(
  candidate: Candidate,
  {
    mart,
    input: { policy, catalog, now },
    isRouted,
    offer,
  }: NativeQuestion & { readonly offer: NativeOffer },
): Offered {
  const { definition } = candidate;
  const { leastLagMs, kind, compute, refresh } = offer;
  const refused = mart?.notNative;
  if (
    refused !== undefined &&
    (refused.kind ?? kind) === kind &&
    now - refused.since < ASKED_AGAIN_MS
  ) {
    return asTable(
      `${refused.because} (on ${dayOf(refused.since)}; it is asked again after ${formatDuration(ASKED_AGAIN_MS)})`,
    );
  }
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
  const form = nativeFormOf(candidate, offer);
  if (form.kind === 'table') {
    return form;
  }
  const odd =
    whyNotAggregated(candidate, { shape: offer, catalog }) ??
    (offer.oneTable === true ? whyByParameters(candidate, { catalog }) : undefined) ??
    (offer.live === true ? whyNotLive(candidate, { offer, catalog, now }) : undefined);
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
  return { kind: 'native', shape, proveWhole: refresh === 'whole' || isDue };
}

/** Whether the version that stands can be refreshed in its place. */
export function standsAs({ current }: Mart, shape: NativeShape | undefined): boolean {
  const stands = current?.native;
  const isOfToday = stands?.isFormer !== true;
  return stands !== undefined && shape !== undefined && isOfToday && isSameNative(stands, shape);
}

/** Why a shape of the warehouse's own is or is not taken, in words; empty where none was asked for. */
export function nativeWords(native: NativeHere, chosen: NativeChoice | undefined): string {
  switch (native.kind) {
    case 'none':
      return '';
    case 'table':
      return `; kept as a table, because ${native.because}`;
    case 'native': {
      const others = native.others.map((other) => `; ${other}`).join('');
      if (chosen === undefined) {
        const kinds = native.choices.map(({ offer }) => `a ${offer.kind}`);
        return `; kept as a table, which costs no more than ${kinds.join(' or ')}${others}`;
      }
      const { kind, lagMs, compute } = chosen.shape;
      const { billedApart, keepsItself } = chosen.offer;
      const apart =
        billedApart === undefined ? '' : `, refreshed on ${billedApart}, which are billed apart`;
      const payer = compute === undefined ? apart : `, refreshed on ${compute}, which pays for it`;
      const lag =
        lagMs === undefined ? '' : `, and never let get older than ${formatDuration(lagMs)}`;
      const always = keepsItself === true ? ', and always current' : '';
      return `; kept by the warehouse as a ${kind}${payer}${lag}${always}${others}`;
    }
  }
}

/** A warehouse learns, and grants are given. */
const ASKED_AGAIN_MS = 30 * DAY_MS;

function asTable(because: string): { readonly kind: 'table'; readonly because: string } {
  return { kind: 'table', because };
}
