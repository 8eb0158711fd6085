import { Agent } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Workspace } from './sign-in.ts';

/** As `process.env` has them, in either case. */
type Environment = Readonly<Record<string, string | undefined>>;

const KEEP_ALIVE_MS = 10_000;

/**
 * The way to the workspace where HTTPS_PROXY names a proxy that NO_PROXY does not leave out: a tunnel through it, in which the
 * workspace's own certificate is asked for. Nothing where no proxy is named.
 *
 * Raises Node's `ERR_PROXY_INVALID_CONFIG` where what is named is no address.
 */
export function workspaceAgent(
  { ca, timeoutMs }: Pick<Workspace, 'ca' | 'timeoutMs'>,
  env: Environment,
): Agent | undefined {
  const proxyEnv = Object.fromEntries(
    NAMES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  if (!('HTTPS_PROXY' in proxyEnv) && !('https_proxy' in proxyEnv)) {
    return undefined;
  }
  return new Agent({
    keepAlive: true,
    keepAliveMsecs: KEEP_ALIVE_MS,
    minVersion: 'TLSv1.2',
    timeout: timeoutMs,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    proxyEnv,
  });
}

/**
 * The straight way to a workspace whose authorities are named. Told them by itself, the driver would write all their certificates
 * into the name of a connection, three times for each request: two milliseconds.
 */
export function trustingAgent({
  ca,
  timeoutMs,
}: Pick<Workspace, 'ca' | 'timeoutMs'>): Agent | undefined {
  if (ca === undefined) {
    return undefined;
  }
  const secureContext = createSecureContext({ ca: [...ca], minVersion: 'TLSv1.2' });
  return new Agent({
    keepAlive: true,
    keepAliveMsecs: KEEP_ALIVE_MS,
    timeout: timeoutMs,
    secureContext,
  });
}

const NAMES = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;
