import { killConformance } from '../../conformance/kill-conformance.ts';
import { DATABRICKS_CLOUD } from '../../scenarios/clouds/cloud.ts';
import { DATABRICKS } from './loop-subject.ts';

killConformance({ ...DATABRICKS, open: () => DATABRICKS_CLOUD.open() });
