import { ConnectorError } from './connector-error.ts';
import { type NetworkFault, networkFaultOf } from './network-fault.ts';

/** One identity's way into the warehouse, for the words of what stops on it. */
export interface WayIn {
  readonly identity: 'reader' | 'writer';
  /** As who it signs in, where that is told. */
  readonly user?: string | undefined;
  /** Where it goes: `db.example:5432`. */
  readonly at: string;
  /** The settings that say so. */
  readonly addressIn: string;
  /** A server of one's own, which may be stopped. */
  readonly mayBeStopped?: true;
  /** The settings that hold its secret. */
  readonly secretIn: string;
  /** What it signs carries the time: clocks must agree. */
  readonly signsTime?: boolean;
}

/** The same fault, naming the host and its setting where it could not be reached, the identity and its secret's where it was not let in. */
export function onTheWayIn(error: Error, way: WayIn | undefined): Error {
  if (!(error instanceof ConnectorError) || way === undefined) {
    return error;
  }
  if (error.code === 'CONNECTOR_UNREACHABLE') {
    return error.inOtherWords(unreachable(error, way));
  }
  return error.code === 'CONNECTOR_SIGN_IN_FAILED' ? error.inOtherWords(notLetIn(way)) : error;
}

/** What an addition tells to check is not told twice. */
function unreachable({ cause, addition }: ConnectorError, way: WayIn): string {
  const { at, addressIn, mayBeStopped } = way;
  if (addition !== undefined) {
    return `cannot be reached at ${at}`;
  }
  const fault = networkFaultOf(cause);
  const running = mayBeStopped === true ? ', and that it is running' : '';
  switch (fault?.kind) {
    case 'unknown name':
    case 'no lookup':
      return notFound(fault, way);
    case 'refused':
      return `cannot be reached: nothing listens at ${at}; check ${addressIn}${running}`;
    case 'no socket':
      return `cannot be reached: there is no socket ${at}; check ${addressIn}${running}`;
    case 'silent':
      return `cannot be reached: ${at} did not answer in time; check ${addressIn}, and firewalls between`;
    case 'no way':
      return `cannot be reached: there is no way from here to ${at}; check ${addressIn}, and the network`;
    case undefined:
      return `cannot be reached: the connection to ${at} broke; check the network between${running}`;
  }
}

/** It may be another host that is looked up: a proxy, or who gives tokens. */
function notFound({ kind, host }: NetworkFault, { at, addressIn }: WayIn): string {
  const isOurs = host === undefined || at === host || at.startsWith(`${host}:`);
  const check = isOurs
    ? addressIn
    : 'HTTPS_PROXY where a proxy stands between, and the name server';
  return kind === 'unknown name'
    ? `cannot be reached: no name server knows ${host ?? at}; check ${check}`
    : `cannot be reached: the name ${host ?? at} cannot be looked up now; check the name server, and ${check}`;
}

function notLetIn({ identity, user, secretIn, signsTime }: WayIn): string {
  const who = user === undefined ? identity : `${identity} ${user}`;
  const clock =
    signsTime === true ? ', whether our clock is right (what it signs carries the time)' : '';
  return `did not let the ${who} sign in; check ${secretIn}, whether it has expired${clock}, and whether it may connect from here`;
}
