import { exampleFile } from '../config/example-file.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { configurationPage } from '../config/reference-page.ts';
import { metricsPage } from '../metrics/metrics-page.ts';

/** Every file of the repository that is made from the code, by its path. A test fails when one is stale. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'config/goldsmith.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'config/goldsmith.example.yaml': exampleFile(),
    'docs/configuration.md': configurationPage(),
    'docs/metrics.md': metricsPage(),
  };
}
