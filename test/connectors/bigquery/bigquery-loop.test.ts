import { loopConformance } from '../../conformance/loop-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { BIGQUERY } from './loop-subject.ts';

loopConformance(BIGQUERY);
stagedConformance(BIGQUERY);
