import { type Command, Option } from 'commander';
import { type CommandParts, globalOptions, withService } from '../command-parts.ts';

export function addGraph(program: Command, parts: CommandParts): void {
  program
    .command('graph')
    .description('show the join-frequency graph: who joins what with what, how often, at what cost')
    .addOption(
      new Option('-f, --format <format>', 'text, json or dot')
        .choices(['text', 'json', 'dot'])
        .default('text'),
    )
    .action(async (options: { format: 'text' | 'json' | 'dot' }, command: Command) => {
      const format = globalOptions(command).json ? 'json' : options.format;
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.graph(format);
        return { answer, value: answer.value };
      });
    });
}
