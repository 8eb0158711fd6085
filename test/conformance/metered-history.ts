import { expect } from 'vitest';
import type { Connector, Purpose } from '../../src/connectors/connector.ts';
import type { HistorySource } from '../../src/connectors/history-row.ts';
import { meterConnector } from '../../src/prove/metered.ts';

interface Metered {
  readonly connector: Connector;
  readonly open: (connector: Connector) => Promise<HistorySource> | HistorySource;
  /** How many statements the warehouse was sent so far. */
  readonly sent: () => Promise<number> | number;
  /** Where to read on from. Absent: from its beginning. */
  readonly position?: string | undefined;
}

/** Reads a history to its end and expects every statement the warehouse was sent for it to be metered, as what it was for. */
export async function everyStatementIsMetered({
  connector,
  open,
  sent,
  position,
}: Metered): Promise<void> {
  const told: (readonly [Purpose, number])[] = [];
  const source = await open(
    meterConnector(connector, (purpose, { cpuMs }) => told.push([purpose, cpuMs])),
  );
  const before = await sent();

  let rows = 0;
  for await (const batch of source.read(position, {})) {
    rows += batch.rows.length;
  }

  expect(rows).toBeGreaterThan(0);
  const statements = (await sent()) - before;
  expect(statements).toBeGreaterThan(1);
  expect(told.map(([purpose]) => purpose)).toEqual(Array(statements).fill('history'));
  expect(told.every(([, cpuMs]) => cpuMs >= 0)).toBe(true);
}
