import type { NativeOffer } from '../native-offer.ts';

/** No dynamic table is promised to be fresher. */
const LEAST_LAG_MS = 60_000;

/** What the account keeps itself: of two that cost the same the fresher. Dynamic tables are refreshed on the writer's warehouse. */
export function nativeOffers(warehouse: string): readonly NativeOffer[] {
  return [
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
    {
      kind: 'dynamic table',
      refresh: 'incremental',
      leastLagMs: LEAST_LAG_MS,
      compute: warehouse,
    },
  ];
}
