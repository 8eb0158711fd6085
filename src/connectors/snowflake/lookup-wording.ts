import type { LookupWording } from '../lookup-wording.ts';
import { textLiteral } from './text-literal.ts';

/**
 * A correlated subquery has to be seen to give one row, so its value is aggregated. No function raises what one likes, so a tombstone
 * is a cast that fails with the message in its words.
 */
export const lookupWording: LookupWording = {
  onlyValue: (value) => `any_value(${value})`,
  raises: (message, { type, of }) =>
    `cast(cast(cast(concat(${textLiteral(message)}, coalesce(left(cast(${of} as varchar), 0), '')) as integer) as varchar) as ${type})`,
};

/** Types a text can be cast to, so that the failing cast can stand for a column of them. */
export const TOMBSTONE_TYPES =
  '^(VARCHAR|CHAR|STRING|TEXT|NUMBER|DECIMAL|NUMERIC|INT|BIGINT|SMALLINT|TINYINT|BYTEINT|FLOAT|DOUBLE|REAL|BOOLEAN|DATE|TIME)';
