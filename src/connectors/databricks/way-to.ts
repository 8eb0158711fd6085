import type { WayIn } from '../way-in.ts';
import type { DatabricksAddress } from './session-pool.ts';

const HTTPS_PORT = 443;

/** For the words of what stops on it. */
export function wayTo(
  { workspace: { host, port }, credentials }: DatabricksAddress,
  identity: WayIn['identity'],
): WayIn {
  const under = `warehouse.databricks.${identity}`;
  const secrets = {
    token: `${under}.token or tokenFile`,
    oauth: `${under}.clientSecret or clientSecretFile`,
    federation: `${under}.subjectTokenFile`,
  };
  return {
    identity,
    user: credentials.kind === 'token' ? undefined : credentials.clientId,
    at: port === HTTPS_PORT ? host : `${host}:${port}`,
    addressIn: 'warehouse.databricks.host, and HTTPS_PROXY where a proxy stands between',
    secretIn: secrets[credentials.kind],
  };
}
