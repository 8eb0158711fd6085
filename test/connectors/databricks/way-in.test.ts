import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import type { Credentials } from '../../../src/connectors/databricks/sign-in.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

describe('the way into Databricks', () => {
  let server: DatabricksServer;

  beforeAll(async () => {
    server = await startDatabricks();
  });
  afterAll(() => server.close());

  const sleep = async () => {};
  const reader = () => addressOn(server, principal('reader'));
  const at = (changes: object) => {
    const address = reader();
    return { ...address, workspace: { ...address.workspace, ...changes } };
  };
  const opening = (changes: object) =>
    openDatabricks({ ...targetOn(server), writer: undefined, sleep, ...changes });
  const as = (credentials: Credentials) => addressOn(server, credentials);

  it.for([
    [
      'an address where nobody listens',
      () => ({ reader: at({ port: 1 }) }),
      /^cannot be reached: nothing listens at \S+:1; check warehouse\.databricks\.host, and HTTPS_PROXY where a proxy stands between$/,
    ],
    [
      'a host nobody knows',
      () => ({ reader: at({ host: 'no-such-host.invalid' }) }),
      // A machine without a name server says that it cannot be looked up.
      /^cannot be reached: .*name.* no-such-host\.invalid.*; check .*warehouse\.databricks\.host/,
    ],
    [
      'a secret that is not taken',
      () => ({
        reader: as({ kind: 'oauth', clientId: 'goldsmith-reader', secret: async () => 'x' }),
      }),
      /^did not let the reader goldsmith-reader sign in; check warehouse\.databricks\.reader\.clientSecret or clientSecretFile, .* \(the token endpoint answered 401\)$/,
    ],
    [
      'a writer’s token that is not taken',
      () => ({ writer: as({ kind: 'token', token: async () => 'x' }) }),
      /^did not let the writer sign in; check warehouse\.databricks\.writer\.token or tokenFile, .* \(HTTP 401\)$/,
    ],
  ] as const)('names host, identity and setting for %s', async ([, changes, sentence]) => {
    const error = await opening(changes()).catch((caught: unknown) => caught);

    expect((error as Error).message.replace('test: the warehouse ', '')).toMatch(sentence);
  });

  it.for([
    [404, 'has no SQL warehouse at that path; check warehouse.databricks.httpPath (HTTP 404)'],
    [
      502,
      /^cannot be reached at \S+ \(HTTP 502; what stands between did not reach the workspace; check HTTPS_PROXY\)$/,
    ],
  ] as const)('tells a status %i with what to check', async ([status, sentence]) => {
    server.faults.add({ call: 'OpenSession', kind: { is: 'status', status }, times: 9 });

    const error = await opening({}).catch((caught: unknown) => caught);

    expect((error as Error).message.replace('test: the warehouse ', '')).toMatch(sentence);
    while (server.faults.take('OpenSession', '') !== undefined) {
      // What was not met stays for nobody.
    }
  });
});
