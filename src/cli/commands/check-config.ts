import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { type CommandParts, globalOptions } from '../command-parts.ts';
import { print } from '../streams.ts';

export function addCheckConfig(program: Command, { streams }: CommandParts): void {
  program
    .command('check-config')
    .description(
      'read the config and name every problem at once, each with its line and what to write instead',
    )
    .action((_options: unknown, command: Command) => {
      const { config: file, json } = globalOptions(command);
      const config = loadConfig(file, streams.env);
      print(streams, {
        json,
        text: `${file} is right: mode ${config.mode}`,
        value: { ok: true, file, mode: config.mode },
      });
    });
}
