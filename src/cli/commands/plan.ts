import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';

export function addPlan(program: Command, parts: CommandParts): void {
  program
    .command('plan')
    .description(
      'say what a cycle would do now, why, for how much, and how to undo it; changes nothing',
    )
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => ({
        answer: await service.plan(),
      }));
    });
}
