import { cellText } from '../cell-text.ts';
import type { ExplainWording } from '../explain-wording.ts';
import { classifyDatabricksError } from './classify-databricks-error.ts';

/** How Spark begins its answer where a statement cannot be planned: EXPLAIN itself is no error then. */
const FAILED = /^Error occurred during query planning:\s*/;

/** EXPLAIN parses, analyses and plans a statement, a command too, and carries nothing out; what a pipeline does is never sent there. */
export const explainWording: ExplainWording = {
  takes:
    /^\s*(?!create\s+materialized\s)(select|with|insert|update|delete|merge|create|alter|drop|comment|grant|revoke)\b/i,
  otherwise:
    'a pipeline does it, and Databricks documents no way to check that without carrying it out',
  failure(answer) {
    const told = answer.map(([line]) => cellText(line)).join('\n');
    if (!FAILED.test(told)) {
      return undefined;
    }
    const errorMessage = told.replace(FAILED, '');
    const [, sqlState] = /SQLSTATE: (\w{5})/.exec(errorMessage) ?? [];
    return classifyDatabricksError({ response: { sqlState, errorMessage } }, 'databricks');
  },
};
