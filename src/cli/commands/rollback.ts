import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addRollback(program: Command, parts: CommandParts): void {
  program
    .command('rollback')
    .description('take a mart back to a view at once and remember that a person said no')
    .argument('<relation>', 'the mart: gold.daily_sales')
    .action(async (relation: string, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.rollback(relation);
        return { answer, code: answer.ok ? EXIT.done : EXIT.failed };
      });
    });
}
