import { loopConformance } from '../../conformance/loop-conformance.ts';
import { stagedConformance } from '../../conformance/staged-conformance.ts';
import { DATABRICKS } from './loop-subject.ts';

loopConformance(DATABRICKS);
stagedConformance(DATABRICKS);
