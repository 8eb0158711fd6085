import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GoldsmithService, ProposalAnswer } from '../../http/service.ts';
import type { DeclineReason } from '../../propose/proposal.ts';
import { type CommandParts, withService } from '../command-parts.ts';
import { EXIT } from '../exit-code.ts';
import { me } from '../who.ts';

const REASONS: readonly DeclineReason[] = [
  'not-worth-it',
  'wrong-grain',
  'sensitive',
  'someone-elses',
  'later',
  'other',
];

/** `proposals`, `approve`, `decline`, `snooze`, `undo`, `reconsider`: what waits for people, and their words. */
export function addProposals(program: Command, parts: CommandParts): void {
  const list = program
    .command('proposals')
    .description('what waits for people to say yes or no to, and what became of the rest')
    .action(async (_options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.proposals();
        return { answer, value: answer.value };
      });
    });
  list
    .command('show')
    .description('all of one proposal: why, money, readers, risks, proofs, undo and SQL')
    .argument('<id>', 'its id, or how it begins')
    .action(async (id: string, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.proposal(id);
        return { answer, value: answer.value };
      });
    });

  const say = (
    name: string,
    description: string,
    word: (service: GoldsmithService, id: string, command: Command) => Promise<ProposalAnswer>,
  ) =>
    program
      .command(name)
      .description(description)
      .argument('<id>', 'its id, or how it begins, as `proposals` prints it')
      .action(async (id: string, _options: unknown, command: Command) => {
        await withService({ ...parts, command }, async (service) => {
          const answer = await word(service, id, command);
          const stillWaits = name === 'approve' && answer.ok && answer.state === 'open';
          return { answer, code: stillWaits ? EXIT.needsApproval : codeOf(answer) };
        });
      });

  say('approve', 'say yes to a proposal; it is carried out at once', (service, id, command) =>
    service.approve(id, { ...me(), ...command.opts<{ meaning?: string }>() }),
  ).option(
    '--meaning <digits>',
    'only if it still means this, as `proposals show` prints it',
    digitsOfMeaning,
  );
  say('decline', 'say no to a proposal; the reason is remembered', (service, id, command) => {
    const { reason, words } = command.opts<{ reason: DeclineReason; words?: string }>();
    return service.decline(id, { ...me(), reason, words });
  })
    .addOption(
      new Option('--reason <reason>', 'why not: later proposals respect it')
        .choices(REASONS)
        .makeOptionMandatory(),
    )
    .option('--words <text>', 'what else there is to say');
  say('snooze', 'look at a proposal again in some days', (service, id, command) =>
    service.snooze(id, { ...me(), ...command.opts<{ days: number }>() }),
  ).option('--days <days>', 'how many', wholeDays, 7);
  say('undo', 'take back what a proposal, or auto mode, did', (service, id) =>
    service.undo(id, me()),
  );
  program
    .command('reconsider')
    .description('take back every no to a relation: it may be proposed again')
    .argument('<relation>', 'gold.daily_sales')
    .action(async (relation: string, _options: unknown, command: Command) => {
      await withService({ ...parts, command }, async (service) => {
        const answer = await service.reconsider(relation, me());
        return { answer, value: answer.value };
      });
    });
}

function codeOf({ ok, applied }: ProposalAnswer) {
  if (!ok) {
    return EXIT.refused;
  }
  return applied === undefined || applied.ok ? EXIT.done : EXIT.failed;
}

/** As the API takes them: fewer digits would leave out little. */
function digitsOfMeaning(text: string): string {
  if (!/^[0-9a-f]{6,64}$/.test(text)) {
    throw new InvalidArgumentError('write at least its first six digits');
  }
  return text;
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 365) {
    throw new InvalidArgumentError('write whole days, 1 to 365');
  }
  return days;
}
