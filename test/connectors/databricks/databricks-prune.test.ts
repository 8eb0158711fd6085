import { pruneConformance } from '../../conformance/prune-conformance.ts';
import { DATABRICKS } from './loop-subject.ts';

pruneConformance(DATABRICKS);
