import { describe, expect, it } from 'vitest';
import {
  classifyBigqueryError,
  isTransient,
} from '../../../src/connectors/bigquery/classify-bigquery-error.ts';

/** An error as the client gives it: the status, and the service's own reason and words. */
function told(code: number, reason: string, message: string) {
  return Object.assign(new Error(message), { code, errors: [{ reason, message }] });
}

describe('what the service says, in our words', () => {
  it.each([
    [told(404, 'notFound', 'Not found: Project nobody'), 'CONNECTOR_DATABASE_MISSING', false],
    [told(403, 'accessDenied', 'Access Denied: Table p:d.t'), 'CONNECTOR_PERMISSION_DENIED', false],
    [told(403, 'billingNotEnabled', 'no billing'), 'CONNECTOR_PERMISSION_DENIED', false],
    [told(403, 'rateLimitExceeded', 'too many'), 'CONNECTOR_FULL', true],
    [told(403, 'quotaExceeded', 'quota'), 'CONNECTOR_FULL', false],
    [told(400, 'resourcesExceeded', 'too large'), 'CONNECTOR_OUT_OF_MEMORY', false],
    [told(400, 'invalidQuery', 'Syntax error'), 'CONNECTOR_BAD_SQL', false],
    [
      told(
        400,
        'invalidQuery',
        'Transaction is aborted due to concurrent update against table p:d.t',
      ),
      'CONNECTOR_CONFLICT',
      false,
    ],
    [told(400, 'stopped', 'Job execution was cancelled'), 'CONNECTOR_CANCELLED', false],
    [told(503, 'backendError', 'try again'), 'CONNECTOR_UNREACHABLE', true],
    [told(400, 'tableUnavailable', 'try again'), 'CONNECTOR_UNREACHABLE', true],
    // Worth trying, but not under the id it has.
    [told(400, 'jobBackendError', 'it failed'), 'CONNECTOR_UNREACHABLE', false],
    [told(400, 'jobInternalError', 'it failed'), 'CONNECTOR_UNREACHABLE', false],
    [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'CONNECTOR_UNREACHABLE', true],
    [
      Object.assign(new Error('Proxy Authentication Required'), { status: 407 }),
      'CONNECTOR_UNREACHABLE',
      true,
    ],
    [
      Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'CONNECTOR_TLS_REFUSED',
      false,
    ],
    [new Error('invalid response body: Premature close'), 'CONNECTOR_UNREACHABLE', true],
    [new Error('Could not load the default credentials.'), 'CONNECTOR_SIGN_IN_FAILED', false],
    [
      Object.assign(new Error('Error code invalid_grant: x'), { code: 400 }),
      'CONNECTOR_SIGN_IN_FAILED',
      false,
    ],
    [new Error('something else'), 'CONNECTOR_UNKNOWN', false],
  ])('%s is %s, and asked again: %s', (cause, code, asked) => {
    const error = classifyBigqueryError(cause, 'test');

    expect(error).toMatchObject({ code });
    expect(isTransient(error)).toBe(asked);
  });

  it.each([
    [
      told(404, 'notFound', 'Not found: Project nobody'),
      'has no such project, or we may not see it; check warehouse.bigquery.project (Project nobody)',
    ],
    [
      told(
        403,
        'accessDenied',
        'Access Denied: Table p:d.t: User does not have permission to query table p:d.t, or perhaps it does not exist.',
      ),
      'refused access, or has no such relation; grant what the statement needs, or check the name (Table p:d.t)',
    ],
  ])('%s is told with the next step', (cause, sentence) => {
    expect(classifyBigqueryError(cause, 'test').message).toBe(`test: the warehouse ${sentence}`);
  });

  it('names what is missing and where it was looked for, and nothing of the statement', () => {
    const message = "Not found: Dataset p:shop was not found in location US at 'secret'";

    expect(String(classifyBigqueryError(told(404, 'notFound', message), 'test'))).toContain(
      '(Dataset p:shop was not found in location US)',
    );
  });
});
