import { killConformance } from '../../conformance/kill-conformance.ts';
import { BIGQUERY_CLOUD } from '../../scenarios/clouds/cloud.ts';
import { BIGQUERY } from './loop-subject.ts';

killConformance({ ...BIGQUERY, open: () => BIGQUERY_CLOUD.open() });
