import { SNOWFLAKE_CLOUD } from './clouds/cloud.ts';
import { cloudLife } from './clouds/cloud-life.ts';
import { cloudPruning } from './clouds/cloud-pruning.ts';

cloudLife(SNOWFLAKE_CLOUD);
cloudPruning(SNOWFLAKE_CLOUD);
