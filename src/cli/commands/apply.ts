import type { Command } from 'commander';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';
import { me } from '../who.ts';

export function addApply(program: Command, parts: CommandParts): void {
  program
    .command('apply')
    .description('do exactly the last plan; refuses one that has expired or whose world has moved')
    .argument('[digest]', 'the plan you looked at, as `plan` printed it')
    .action(async (digest: string | undefined, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.apply(digest, me());
        const isRefused = answer.steps.some(({ outcome }) => outcome === 'refused');
        return { answer, code: answer.ok ? EXIT.done : isRefused ? EXIT.refused : EXIT.failed };
      });
    });
}
