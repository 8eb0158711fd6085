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
