import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Connector } from '../connector.ts';
import { openBigquery } from './bigquery-connector.ts';
import type { BigquerySettings } from './settings.ts';

export interface ConfiguredBigquery {
  readonly name: string;
  readonly connections: number;
  readonly settings: BigquerySettings;
  /** The writer is left out: nothing that writes can be sent. */
  readonly readOnly: boolean;
}

const GIB = 2 ** 30;

/**
 * Opens the project the settings describe.
 *
 * Raises `WAREHOUSE_FILE_MISSING` where a credential file is not there, and what `openBigquery` raises.
 */
export async function openConfiguredBigquery({
  name,
  connections,
  settings,
  readOnly,
}: ConfiguredBigquery): Promise<Connector> {
  const { reader, writer, maxGibBilled, statementTimeout, slotPrices, ...where } = settings;
  for (const { keyFile } of [reader, ...(writer === undefined ? [] : [writer])]) {
    if (keyFile !== undefined && !existsSync(keyFile)) {
      const message = `${name}: there is no credential file ${keyFile}; set keyFile under warehouse.bigquery to one that is there, or leave it out to sign in by the application default credentials`;
      throw new GoldsmithError('WAREHOUSE_FILE_MISSING', message);
    }
  }
  return openBigquery({
    ...where,
    name,
    connections,
    reader,
    writer,
    readOnly,
    ...(slotPrices === undefined ? {} : { slotHours: slotHoursOf(slotPrices) }),
    maximumBytesBilled: maxGibBilled * GIB,
    statementTimeoutMs: statementTimeout,
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    },
  });
}

/** By edition as the service names it. */
function slotHoursOf({
  usdPerTib,
  standard,
  enterprise,
  enterprisePlus,
}: NonNullable<BigquerySettings['slotPrices']>): Readonly<Record<string, number>> {
  const prices = { STANDARD: standard, ENTERPRISE: enterprise, ENTERPRISE_PLUS: enterprisePlus };
  return Object.fromEntries(
    Object.entries(prices).flatMap(([edition, usd]) =>
      usd === undefined ? [] : [[edition, usd / usdPerTib] as const],
    ),
  );
}
