import { ConnectorError } from '../connector-error.ts';

/** Whether something is missing or may not be seen: Snowflake does not tell the one from the other. */
export function isHidden(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && HIDDEN.has(error.code);
}

const HIDDEN = new Set(['CONNECTOR_RELATION_MISSING', 'CONNECTOR_PERMISSION_DENIED']);
