import { describe } from 'vitest';
import { DATABRICKS_CLOUD } from './clouds/cloud.ts';
import { cloudLife } from './clouds/cloud-life.ts';
import { cloudPruning } from './clouds/cloud-pruning.ts';

// Minutes; the same is told on Snowflake's server, and each verb by this warehouse's conformance.
describe('whole lives', () => {
  cloudLife(DATABRICKS_CLOUD);
  cloudPruning(DATABRICKS_CLOUD);
});
