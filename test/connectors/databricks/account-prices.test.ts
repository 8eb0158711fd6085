import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { addressOn, principal, targetOn } from './open-server.ts';

describe('the prices a Databricks account tells', () => {
  let server: DatabricksServer;
  let connector: Connector;
  let warehouse: string | undefined;

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
    warehouse = addressOn(server, principal('reader')).httpPath.split('/').at(-1);
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  const told = () => connector.readPrices?.({ purpose: 'catalog' });

  it('are not used where the warehouse was not billed lately', async () => {
    expect(await told()).toMatchObject({
      kind: 'untold',
      because: expect.stringContaining('no use of the warehouse'),
    });
  });

  it('are those of the kind this warehouse was billed as most, at the price that holds now', async () => {
    await server.seed(`insert into lakehouse.billing.usage values
      ('PREMIUM_SQL', 'DBU', 100, current_date - 1, {'warehouse_id': '${warehouse}'}),
      ('PREMIUM_SQL_PRO', 'DBU', 1, current_date - 1, {'warehouse_id': '${warehouse}'}),
      ('PREMIUM_JOBS', 'DBU', 900, current_date - 1, {'warehouse_id': 'another'})`);
    await server.seed(`insert into lakehouse.billing.list_prices values
      ('PREMIUM_SQL', 'DBU', 'USD', timestamp '2025-01-01', timestamp '2026-01-01', {'default': 9, 'effective_list': {'default': 9}}),
      ('PREMIUM_SQL', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.9, 'effective_list': {'default': 0.8}}),
      ('PREMIUM_SQL_PRO', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.5, 'effective_list': {'default': 0.5}}),
      ('PREMIUM_JOBS', 'DBU', 'USD', timestamp '2026-01-01', null, {'default': 0.1, 'effective_list': {'default': 0.1}})`);

    expect(await told()).toEqual({
      kind: 'told',
      from: '2026-01-01',
      usdPerCoreHour: 0.3,
      source: expect.stringMatching(/^\$0\.8 a DBU of PREMIUM_SQL by system\.billing/),
    });
  });
});
