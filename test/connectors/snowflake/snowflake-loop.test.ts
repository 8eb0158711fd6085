import { loopConformance } from '../../conformance/loop-conformance.ts';
import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

loopConformance(SNOWFLAKE);
stagedConformance(SNOWFLAKE);
rangesConformance({
  ...SNOWFLAKE,
  kinds: [{ column: 'day', type: 'DATE' }],
});
