import { describe } from 'vitest';
import { BIGQUERY_CLOUD } from './clouds/cloud.ts';
import { cloudLife } from './clouds/cloud-life.ts';
import { cloudPruning } from './clouds/cloud-pruning.ts';

// Minutes; the same is told on Snowflake's server, and each verb by this warehouse's conformance.
describe('whole lives', () => {
  cloudLife(BIGQUERY_CLOUD);
  cloudPruning(BIGQUERY_CLOUD);
});
