import { loopConformance } from '../../conformance/loop-conformance.ts';
import { nativeConformance } from '../../conformance/native-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { DATABRICKS } from './loop-subject.ts';

loopConformance(DATABRICKS);
stagedConformance(DATABRICKS);
nativeConformance({
  ...DATABRICKS,
  native: { kind: 'materialized view' },
  refused: {
    native: { kind: 'materialized view' },
    because: /ROW_TRACKING_NOT_ENABLED/,
    // What was not made all the same stands there then, under our marker.
    first: "insert into lakehouse.unity.untracked values ('sales.orders', true)",
  },
  // The account would have to be wrong.
  spoil: () =>
    `update lakehouse.unity.materialized set query = 'select * from (' || query || ') as wrong limit 3'`,
  alter: () => `update lakehouse.unity.materialized set text = text || ' limit 3'`,
});
rangesConformance({
  ...DATABRICKS,
  kinds: [
    { column: 'day', type: 'date' },
    { column: 'shop_id', type: 'int' },
  ],
});
