import { expect, it } from 'vitest';
import { classifySnowflakeError } from '../../../src/connectors/snowflake/classify-snowflake-error.ts';

/** As the driver tells what the account answered. */
function told(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

it('a relation that is not there or not granted, which the account tells alike, is told as either', () => {
  const cause = told(
    '002003',
    "SQL compilation error:\nObject 'SHOP.PUBLIC.ORDERS' does not exist or not authorized.",
  );

  expect(classifySnowflakeError(cause, 'shop')).toMatchObject({
    code: 'CONNECTOR_RELATION_MISSING',
    message:
      "shop: the warehouse has no such relation (any more), or our role may not see it; check the name and the role’s grants, or run the next cycle (Object 'SHOP.PUBLIC.ORDERS')",
  });
});
