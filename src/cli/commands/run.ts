import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { type CommandParts, globalOptions } from '../command-parts.ts';

export function addRun(program: Command, { streams }: CommandParts): void {
  program
    .command('run')
    .description(
      'run the daemon: cycles on schedule, the local API, metrics; reads its settings again on SIGHUP and before each cycle; stops gracefully on SIGTERM and SIGINT',
    )
    .action(async (_options: unknown, command: Command) => {
      // Until the daemon listens: whatever was changed by then is read at its start, or before its first cycle.
      const starting = () => undefined;
      process.on('SIGHUP', starting);
      const readConfig = () => loadConfig(globalOptions(command).config, streams.env);
      const stopping = new AbortController();
      const stop = () => stopping.abort();
      process.once('SIGTERM', stop);
      process.once('SIGINT', stop);
      try {
        const config = readConfig();
        const { openLogger } = await import('../../daemon/logger.ts');
        const { runDaemon } = await import('../../daemon/run-daemon.ts');
        await runDaemon({
          config,
          log: openLogger(config.log.level),
          signal: stopping.signal,
          readConfig,
          onHangup(reload) {
            process.on('SIGHUP', reload);
            return () => process.off('SIGHUP', reload);
          },
        });
      } finally {
        process.off('SIGHUP', starting);
        process.off('SIGTERM', stop);
        process.off('SIGINT', stop);
      }
    });
}
