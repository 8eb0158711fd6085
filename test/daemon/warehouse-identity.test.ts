import { describe, expect, it } from 'vitest';
import { warehouseSettings } from '../../src/connectors/settings.ts';
import { warehouseIdentity } from '../../src/daemon/warehouse-identity.ts';

function identityOf(server: Readonly<Record<string, unknown>>): string {
  const postgres = { host: 'db.example', database: 'shop', reader: { user: 'r' }, ...server };
  return warehouseIdentity(
    warehouseSettings.parse({ kind: 'postgres', name: 'warehouse', postgres }),
  );
}

describe('the identity of a warehouse', () => {
  it.for([
    ['another host', { host: 'other.example' }],
    ['another port', { port: 5433 }],
    ['another database', { database: 'shop_test' }],
  ] as const)('is another for %s of the same name', ([, server]) => {
    expect(identityOf(server)).not.toBe(identityOf({}));
  });

  it('is the same whoever signs in, and however', () => {
    const signedIn = {
      reader: { user: 'another', password: 'secret' },
      writer: { user: 'w' },
      tls: { mode: 'off' },
    };

    expect(identityOf(signedIn)).toBe(identityOf({}));
  });

  it('of a file goes by its own name, not by its folder', () => {
    const at = (path: string) => warehouseIdentity(warehouseSettings.parse({ path }));

    expect(at('/host/shop.duckdb')).toBe(at('/container/shop.duckdb'));
    expect(at('/host/shop.duckdb')).not.toBe(at('/host/other.duckdb'));
  });
});
