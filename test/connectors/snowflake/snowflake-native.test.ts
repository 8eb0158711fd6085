import { DAY } from '../../conformance/loop-world.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

nativeConformance({
  ...SNOWFLAKE,
  native: { kind: 'dynamic table', lagMs: DAY, compute: 'GOLDSMITH_WH' },
  refused: {
    native: { kind: 'dynamic table', lagMs: 1000, compute: 'GOLDSMITH_WH' },
    because: /Invalid value for target lag/,
  },
  alter: () =>
    `update "SHOP"."SNOW_INFORMATION".own_dynamic set typed = replace(typed, 'seconds', 'minutes')`,
  suspend: () =>
    `update "SHOP"."SNOW_INFORMATION".own_dynamic set scheduling_state = '{"state":"SUSPENDED","reason_code":"USER_SUSPENDED"}'`,
  // The account would have to be wrong.
  spoil: () =>
    `update "SHOP"."SNOW_INFORMATION".own_dynamic set query = 'select * from (' || query || ') as wrong limit 3'`,
});

nativeConformance({
  ...SNOWFLAKE,
  oneTable: true,
  native: { kind: 'materialized view' },
  refused: {
    native: { kind: 'materialized view' },
    because: /keeps no materialized view of it: Unsupported feature/,
    first: `insert into "SHOP"."SNOW_INFORMATION".own_edition values ('STANDARD')`,
  },
  live: true,
  alter: () =>
    `update "SHOP"."SNOW_INFORMATION".own_materialized set typed = replace(typed, 'sum', 'max')`,
  // The account would have to be wrong.
  spoil: () =>
    `create or replace view "SHOP"."GOLD_DATA"."SALES_BY_REGION__V1" as select 'even' as "REGION", cast(7 as bigint) as "ORDERS", cast(7 as decimal(38, 2)) as "AMOUNT"`,
});
