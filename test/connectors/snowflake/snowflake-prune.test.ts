import { pruneConformance } from '../../conformance/prune-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

pruneConformance({ ...SNOWFLAKE, isKilled: true });
