import { cellText } from '../cell-text.ts';
import type { ExplainWording } from '../explain-wording.ts';
import { classifyDatabricksError } from './classify-databricks-error.ts';
import { BY_PIPELINE } from './native-wording.ts';

/** How Spark begins its answer where a statement cannot be planned: EXPLAIN itself is no error then. */
const FAILED = /^Error occurred during query planning:\s*/;

/** EXPLAIN parses, analyses and plans a statement, a command too, and carries nothing out; what a pipeline does is never sent there. */
export const explainWording: ExplainWording = {
  takes: new RegExp(
    `^(?!${BY_PIPELINE.source.replace('^', '')})${String.raw`\s*(select|with|insert|update|delete|merge|create|alter|drop|comment|grant|revoke)\b`}`,
    'i',
  ),
  otherwise:
    'Databricks explains statements of Spark; what a pipeline does is no such statement, and it documents no way to only check it',
  failure(answer) {
    const told = answer.map(([line]) => cellText(line)).join('\n');
    const message = FAILED.test(told) ? told.replace(FAILED, '') : undefined;
    return message === undefined
      ? undefined
      : (classifyDatabricksError({ errorCode: 'ERROR', message }, 'databricks') as Error);
  },
};
