import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../src/connectors/connector-error.ts';
import { onTheWayIn, type WayIn } from '../../src/connectors/way-in.ts';

const CLOUD: WayIn = {
  identity: 'writer',
  at: 'acme.example',
  addressIn: 'warehouse.cloud.host',
  secretIn: 'warehouse.cloud.writer.keyFile',
  signsTime: true,
};
const SERVER: WayIn = {
  identity: 'reader',
  user: 'reads',
  at: 'db.example:5432',
  addressIn: 'warehouse.postgres.host and port',
  mayBeStopped: true,
  secretIn: 'warehouse.postgres.reader.passwordFile',
};

/** As drivers wrap what the system said. */
function told(message: string, code?: string): Error {
  const system = Object.assign(new Error(message), code === undefined ? {} : { code });
  return Object.assign(new Error('Request failed', { cause: system }), { code: 401001 });
}

function inWords(cause: unknown, { way, addition }: { way: WayIn; addition?: string }) {
  return onTheWayIn(new ConnectorError('CONNECTOR_UNREACHABLE', 'shop', { cause, addition }), way);
}

describe('what stops on the way in', () => {
  it.for([
    [
      told('getaddrinfo ENOTFOUND acme.example', 'ENOTFOUND'),
      CLOUD,
      'cannot be reached: no name server knows acme.example; check warehouse.cloud.host',
    ],
    [
      told('getaddrinfo ENOTFOUND proxy.corp'),
      CLOUD,
      'cannot be reached: no name server knows proxy.corp; check HTTPS_PROXY where a proxy stands between, and the name server',
    ],
    [
      told('getaddrinfo EAI_AGAIN db.example'),
      SERVER,
      'cannot be reached: the name db.example cannot be looked up now; check the name server, and warehouse.postgres.host and port',
    ],
    [
      new AggregateError([told('connect ECONNREFUSED ::1:5432')], ''),
      SERVER,
      'cannot be reached: nothing listens at db.example:5432; check warehouse.postgres.host and port, and that it is running',
    ],
    [
      new Error('timeout exceeded when trying to connect'),
      SERVER,
      'cannot be reached: db.example:5432 did not answer in time; check warehouse.postgres.host and port, and firewalls between',
    ],
    [
      told('connect EHOSTUNREACH 10.0.0.1:443'),
      CLOUD,
      'cannot be reached: there is no way from here to acme.example; check warehouse.cloud.host, and the network',
    ],
    [
      told('socket hang up', 'ECONNRESET'),
      CLOUD,
      'cannot be reached: the connection to acme.example broke; check the network between',
    ],
  ] as const)('%s is told with the host and its setting', ([cause, way, sentence]) => {
    const error = inWords(cause, { way });

    expect(error).toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      retryable: true,
      message: `shop: the warehouse ${sentence}`,
      cause,
    });
  });

  it('what the fault itself tells to check is told beside the host, once', () => {
    const addition = 'HTTP 407; the proxy asks who we are; check HTTPS_PROXY';

    expect(inWords(undefined, { way: CLOUD, addition }).message).toBe(
      `shop: the warehouse cannot be reached at acme.example (${addition})`,
    );
  });

  it('who is not let in is told, with the setting of its secret, and clocks where it signs the time', () => {
    const refused = (addition?: string) =>
      new ConnectorError('CONNECTOR_SIGN_IN_FAILED', 'shop', { addition });

    expect(onTheWayIn(refused(), SERVER).message).toBe(
      'shop: the warehouse did not let the reader reads sign in; check warehouse.postgres.reader.passwordFile, whether it has expired, and whether it may connect from here',
    );
    expect(onTheWayIn(refused('HTTP 401'), CLOUD).message).toBe(
      'shop: the warehouse did not let the writer sign in; check warehouse.cloud.writer.keyFile, whether it has expired, whether our clock is right (what it signs carries the time), and whether it may connect from here (HTTP 401)',
    );
  });

  it('anything else stays as it is', () => {
    const error = new ConnectorError('CONNECTOR_TIMEOUT', 'shop');

    expect(onTheWayIn(error, CLOUD)).toBe(error);
  });
});
