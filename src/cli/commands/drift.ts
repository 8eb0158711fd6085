import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addDrift(program: Command, parts: CommandParts): void {
  program
    .command('drift')
    .description('what changed in the schema, what of it is a guess, and whom it reaches')
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.drift();
        return { answer, value: answer.value };
      });
    });
}
