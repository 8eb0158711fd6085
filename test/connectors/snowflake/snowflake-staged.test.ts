import { rangesConformance } from '../../conformance/ranges-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

stagedConformance(SNOWFLAKE);
rangesConformance({
  ...SNOWFLAKE,
  kinds: [{ column: 'day', type: 'DATE' }],
});
