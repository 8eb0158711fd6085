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

it.for([
  [503, 'status 503: the account itself failed; it can be tried again'],
  [502, 'status 502: what stands between did not reach the account; check HTTPS_PROXY'],
  [407, 'status 407: the proxy asks who we are; check HTTPS_PROXY'],
  [404, 'status 404: check warehouse.snowflake.account, and network policies'],
] as const)('a status %i is told with what to check', ([statusCode, addition]) => {
  const cause = Object.assign(new Error('Request failed'), { response: { statusCode } });

  expect(classifySnowflakeError(cause, 'shop')).toMatchObject({
    code: 'CONNECTOR_UNREACHABLE',
    addition,
  });
});
