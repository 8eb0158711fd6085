import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addWords(program: Command, parts: CommandParts): void {
  program
    .command('words')
    .description(
      'names that readers measure by in more than one way, who uses which, and how the results differ',
    )
    .argument(
      '[word]',
      'net_revenue: its definitions side by side; without it, all contested words',
    )
    .action(async (word: string | undefined, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.words(word);
        return { answer, value: answer.value };
      });
    });
}
