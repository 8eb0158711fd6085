import { pruneConformance } from '../../conformance/prune-conformance.ts';
import { BIGQUERY } from './loop-subject.ts';

pruneConformance(BIGQUERY);
