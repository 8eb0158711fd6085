import type { Command } from 'commander';
import type { RouteAnswer } from '../../http/service.ts';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';

export function addRoute(program: Command, parts: CommandParts): void {
  program
    .command('route')
    .description(
      'the equal statement that reads a mart, or the reasons why there is none, nearest first',
    )
    .requiredOption('--sql <statement>', 'the statement you are about to send')
    .option('--client <name>', 'who asks; its demand counts as reachable', 'goldsmith-cli')
    .option('--role <name>', "the caller's role: the answer must be within its rights")
    .action(async (options: { sql: string; client: string; role?: string }, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.route(options);
        return {
          answer: { text: tell(answer) },
          value: answer,
          code: answer.answer === 'mart' ? EXIT.done : EXIT.refused,
        };
      });
    });
}

function tell(answer: RouteAnswer): string {
  if (answer.answer === 'mart') {
    const entries = answer.certificate.entries.map(
      ({ step, because }) => `--   ${step}: ${because}`,
    );
    return [
      `-- answered by ${answer.marts.join(', ')}, as of ${answer.asOf}`,
      ...entries,
      answer.sql,
    ].join('\n');
  }
  if (answer.heldOut) {
    return `-- kept on base this time, as hold-out\n${answer.sql}`;
  }
  const reasons = answer.because.map(({ code, text }) => `  ${code}: ${text}`);
  return ['No mart answers it:', ...reasons].join('\n');
}
