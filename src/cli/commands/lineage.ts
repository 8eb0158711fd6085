import { type Command, Option } from 'commander';
import type { LineageDirection } from '../../http/service.ts';
import { type CommandParts, withService } from '../command-parts.ts';

export function addLineage(program: Command, parts: CommandParts): void {
  program
    .command('lineage')
    .description('what a relation or column is made of, what is made of it, and who reads that')
    .argument('<relation[.column]>', 'gold.daily_sales, or one column: gold.daily_sales.total')
    .addOption(
      new Option('--direction <way>', 'towards the sources, the readers, or both')
        .choices(['up', 'down', 'both'])
        .default('both'),
    )
    .action(
      async (what: string, options: { readonly direction: LineageDirection }, command: Command) => {
        await withService({ ...parts, command }, async (service) => {
          const answer = await service.lineage(what, options.direction);
          return { answer, value: answer.value };
        });
      },
    );
}
