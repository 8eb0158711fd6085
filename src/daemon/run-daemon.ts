import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Config } from '../config/config.ts';
import { createApp } from '../http/create-app.ts';
import type { Logger } from './logger.ts';
import { startSchedule } from './schedule.ts';
import { startGoldsmith } from './start-goldsmith.ts';
import { warehouseIdentity } from './warehouse-identity.ts';

export interface RunDaemonParts {
  readonly config: Config;
  readonly log: Logger;
  /** Aborted when the daemon is to stop: the running cycle ends at its next safe point. */
  readonly signal: AbortSignal;
  /** The config file, read again before each cycle; without it the settings of the start stay. */
  readonly readConfig?: () => Config;
  /** Calls back when the settings are to be read again at once (SIGHUP); the answer ends that. */
  readonly onHangup?: (reload: () => void) => () => void;
  /** Told the port once the API listens. */
  readonly onListening?: (port: number) => void;
}

/** Runs until told to stop: no further cycle starts, the running one is ended, the API closes, the lease is given back. */
export async function runDaemon({
  config,
  log,
  signal,
  readConfig,
  onHangup,
  onListening,
}: RunDaemonParts): Promise<void> {
  const goldsmith = await startGoldsmith({ config, log });
  const reload = () => {
    if (readConfig !== undefined) {
      goldsmith.reload(readConfig);
    }
  };
  const endHangups = onHangup?.(reload);
  try {
    const app = createApp({
      service: goldsmith,
      metrics: goldsmith.metrics,
      identity: warehouseIdentity(config.warehouse),
      host: config.http.host,
      token: config.http.token,
      onError: (err) => log.error({ err }, 'request failed'),
      onSlack: goldsmith.interact,
    });
    const server = serve({ fetch: app.fetch, hostname: config.http.host, port: config.http.port });
    await listening(server, config);
    const { port } = server.address() as AddressInfo;
    log.info({ host: config.http.host, port, mode: config.mode }, 'goldsmith is running');
    onListening?.(port);
    // What people said yes to while nobody was there to do it.
    goldsmith.carryOut().catch((err: unknown) => {
      if (!signal.aborted) {
        log.error({ err }, 'what was approved could not be carried out');
      }
    });

    const schedule = await startSchedule({
      log,
      cron: config.schedule.cron,
      runCycle: async (cycleSignal) => {
        reload();
        await goldsmith.cycle(AbortSignal.any([cycleSignal, signal]));
      },
    });
    const telling = setInterval(() => {
      goldsmith.tellWaiting(signal).catch((err: unknown) => {
        if (!signal.aborted) {
          log.error({ err }, 'waiting notices were not looked at');
        }
      });
    }, TELL_EVERY_MS);
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
    log.info('stopping');
    clearInterval(telling);
    await schedule.stop();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  } finally {
    endHangups?.();
    await goldsmith.close();
    log.info('stopped');
  }
}

/** Notices that people could not be told wait in pauses of minutes, which end between cycles. */
const TELL_EVERY_MS = 60_000;

async function listening(server: ReturnType<typeof serve>, config: Config): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new GoldsmithError(
      'PORT_UNAVAILABLE',
      `cannot listen on ${config.http.host}:${config.http.port} (${code}): stop what holds it, or set http.port`,
      { cause },
    );
  }
}
