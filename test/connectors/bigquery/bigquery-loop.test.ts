import { loopConformance } from '../../conformance/loop-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { BIGQUERY } from './loop-subject.ts';

loopConformance(BIGQUERY);
stagedConformance(BIGQUERY);
rangesConformance({
  ...BIGQUERY,
  kinds: [
    { column: 'day', type: 'DATE' },
    { column: 'moment', type: 'DATETIME' },
    { column: 'shop_id', type: 'INT64' },
  ],
});
