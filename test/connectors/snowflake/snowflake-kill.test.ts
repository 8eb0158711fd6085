import { killConformance } from '../../conformance/kill-conformance.ts';
import { SNOWFLAKE_CLOUD } from '../../scenarios/clouds/cloud.ts';
import { SNOWFLAKE } from './loop-subject.ts';

killConformance({ ...SNOWFLAKE, open: () => SNOWFLAKE_CLOUD.open() });
