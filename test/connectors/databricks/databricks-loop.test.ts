import { loopConformance } from '../../conformance/loop-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { DATABRICKS } from './loop-subject.ts';

loopConformance(DATABRICKS);
stagedConformance(DATABRICKS);
rangesConformance({
  ...DATABRICKS,
  kinds: [
    { column: 'day', type: 'date' },
    { column: 'shop_id', type: 'int' },
  ],
});
