import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addDoctor(program: Command, parts: CommandParts): void {
  program
    .command('doctor')
    .description(
      'check the warehouse, the history, the state and the settings, and say what would stop Goldsmith',
    )
    .option(
      '--dry-run-statements',
      'also have the warehouse check every kind of statement Goldsmith would send; changes nothing',
    )
    .action(async (options: { readonly dryRunStatements?: true }, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.doctor({
          dryRunStatements: options.dryRunStatements === true,
        });
        return { answer, code: answer.ok ? EXIT.done : EXIT.failed };
      });
    });
}
