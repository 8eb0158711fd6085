import type snowflake from 'snowflake-sdk';
import { GoldsmithError } from '../../base/goldsmith-error.ts';

export type SnowflakeDriver = typeof snowflake;

let loaded: Promise<SnowflakeDriver> | undefined;

/**
 * The vendor's driver, loaded when first asked for. What it does by the way is switched off: it looks for the cloud it runs
 * in, tells the shape of the connection, and writes a log file.
 *
 * Raises `WAREHOUSE_DRIVER_MISSING` where it is not installed.
 */
export function loadDriver(name: string): Promise<SnowflakeDriver> {
  loaded ??= load(name);
  return loaded;
}

async function load(name: string): Promise<SnowflakeDriver> {
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] ??= 'true';
  process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] ??= 'true';
  try {
    const { default: driver } = await import('snowflake-sdk');
    driver.configure({ logLevel: 'OFF', additionalLogToConsole: false });
    return driver;
  } catch (cause) {
    const message = `${name}: the driver snowflake-sdk cannot be loaded; install it beside Goldsmith (npm install snowflake-sdk)`;
    throw new GoldsmithError('WAREHOUSE_DRIVER_MISSING', message, { cause });
  }
}
