import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addReceipts(program: Command, parts: CommandParts): void {
  program
    .command('receipts')
    .description(
      'predicted and realized saving of each decision, net of everything; cash, capacity and time apart',
    )
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => ({
        answer: await service.receipts(),
      }));
    });
}
