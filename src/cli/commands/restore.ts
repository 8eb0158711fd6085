import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addRestore(program: Command, parts: CommandParts): void {
  program
    .command('restore')
    .description(
      'bring a pruned attribute of a mart back at once and remember that a person asked for it',
    )
    .argument('<relation>', 'the mart: gold.daily_sales')
    .argument('<attribute>', 'the announced, hidden or tombstoned attribute')
    .action(async (relation: string, attribute: string, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.restore(relation, attribute);
        return { answer, code: answer.ok ? EXIT.done : EXIT.failed };
      });
    });
}
