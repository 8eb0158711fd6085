import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addDoctor(program: Command, parts: CommandParts): void {
  program
    .command('doctor')
    .description(
      'check the warehouse, the history, the state and the settings, and say what would stop Goldsmith',
    )
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.doctor();
        return { answer, code: answer.ok ? EXIT.done : EXIT.failed };
      });
    });
}
