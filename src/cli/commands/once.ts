import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addOnce(program: Command, parts: CommandParts): void {
  program
    .command('once')
    .description('run one cycle: read the history, decide, and act as the mode allows')
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.once();
        const isFailed = answer.steps.some(({ outcome }) => outcome === 'failed');
        return { answer, code: isFailed ? EXIT.failed : EXIT.done };
      });
    });
}
