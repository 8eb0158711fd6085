import { loopConformance } from '../../conformance/loop-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

loopConformance(SNOWFLAKE);
