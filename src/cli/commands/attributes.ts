import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addAttributes(program: Command, parts: CommandParts): void {
  program
    .command('attributes')
    .description('who uses which attribute of a gold relation, and which are on their way out')
    .argument('<relation>', 'a gold table, view or mart: gold.daily_sales')
    .action(async (relation: string, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.attributes(relation);
        return { answer, value: answer.value };
      });
    });
}
