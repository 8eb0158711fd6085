import type { Config } from '../config/config.ts';
import { warehouseIdentity } from '../daemon/warehouse-identity.ts';
import { isLoopback } from '../http/guard.ts';
import type { GoldsmithService } from '../http/service.ts';
import { isDaemonAt, remoteService } from './remote-service.ts';

export interface OpenedService {
  readonly service: GoldsmithService;
  /** Where the answers come from, for people. */
  readonly from: 'daemon' | 'own process';
  close(): Promise<void>;
}

/**
 * The running daemon of this config where one answers (it owns the warehouse), else a Goldsmith in this process for the
 * length of one verb. The token of the config is sent to the daemon only over loopback or where the config names the host.
 */
export async function openService(
  config: Config,
  { progress }: { readonly progress: (text: string) => void },
): Promise<OpenedService> {
  const { host, port, token } = config.http;
  const asked = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const baseUrl = `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
  if (
    port !== 0 &&
    isLoopback(asked) &&
    (await isDaemonAt(baseUrl, warehouseIdentity(config.warehouse)))
  ) {
    return { service: remoteService({ baseUrl, token }), from: 'daemon', close: async () => {} };
  }
  // Nine hundred modules that a verb answered by the daemon does without.
  const { startGoldsmith } = await import('../daemon/start-goldsmith.ts');
  const goldsmith = await startGoldsmith({ config, progress });
  return { service: goldsmith, from: 'own process', close: () => goldsmith.close() };
}
