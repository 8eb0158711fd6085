import { loopConformance } from '../../conformance/loop-conformance.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { BIGQUERY } from './loop-subject.ts';

loopConformance(BIGQUERY);
nativeConformance({
  ...BIGQUERY,
  native: { kind: 'materialized view' },
  live: true,
  refused: {
    native: { kind: 'materialized view' },
    first: "update bq_info.edition set name = 'STANDARD'",
    because: /Materialized views are not supported by the STANDARD edition/,
  },
  alter: () =>
    "update bq_info.recorded_options set option_value = 'true' where option_name = 'enable_refresh'",
  // The service would have to be wrong.
  spoil: () =>
    `update bq_info.recorded_materialized set query = 'select * from (' || query || ') as wrong limit 3'`,
});
stagedConformance(BIGQUERY);
rangesConformance({
  ...BIGQUERY,
  kinds: [
    { column: 'day', type: 'DATE' },
    { column: 'moment', type: 'DATETIME' },
    { column: 'shop_id', type: 'INT64' },
  ],
});
