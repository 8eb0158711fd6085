import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addExplain(program: Command, parts: CommandParts): void {
  program
    .command('explain')
    .description(
      'why a relation is, or is not, a mart, with the number that would change that; without one, everything judged',
    )
    .argument('[relation]', 'a mart, a candidate, a gold view or a base table: gold.daily_sales')
    .action(async (relation: string | undefined, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.explain(relation);
        return { answer, value: answer.value };
      });
    });
}
