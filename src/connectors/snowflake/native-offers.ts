import type { NativeOffer } from '../native-offer.ts';

/** No dynamic table is promised to be fresher. */
const LEAST_LAG_MS = 60_000;

/** What the account keeps itself, in the order of `nativeWordings`; dynamic tables are refreshed on the writer's warehouse. */
export function nativeOffers(warehouse: string): readonly NativeOffer[] {
  return [
    {
      kind: 'dynamic table',
      refresh: 'incremental',
      leastLagMs: LEAST_LAG_MS,
      compute: warehouse,
    },
    {
      kind: 'materialized view',
      refresh: 'incremental',
      oneTable: true,
      bareAggregates: true,
      live: true,
      readsAsOwner: true,
      rewritesUntold: true,
      keepsItself: true,
      billedApart: 'serverless credits',
    },
  ];
}
