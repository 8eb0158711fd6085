import { readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';

let check: ReturnType<Ajv2019['compile']> | undefined;

/**
 * What the published schema of ODCS v3.1.0 says against a contract; empty where it is one. The schema is
 * `schema/odcs-json-schema-v3.1.0.json` of bitol-io/open-data-contract-standard (Apache-2.0), word for word.
 */
export function problemsOf(text: string): readonly string[] {
  check ??= new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(
    JSON.parse(readFileSync(new URL('./odcs-v3.1.0.schema.json', import.meta.url), 'utf8')),
  );
  return check(parse(text))
    ? []
    : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
