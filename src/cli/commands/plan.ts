import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { planReport } from '../../daemon/cycle-report.ts';
import { reviveCycle } from '../../decide/recording.ts';
import { decideCycle } from '../../plan/decide-cycle.ts';
import { type CommandParts, globalOptions, withService } from '../command-parts.ts';
import { print } from '../streams.ts';

export function addPlan(program: Command, parts: CommandParts): void {
  program
    .command('plan')
    .description(
      'say what a cycle would do now, why, for how much, and how to undo it; changes nothing',
    )
    .option(
      '--recorded <file>',
      'decide a recorded cycle again (state.recordings): the same digest on any machine; needs no warehouse',
    )
    .action(async ({ recorded }: { recorded?: string }, command: Command) => {
      if (recorded !== undefined) {
        const { text, ...value } = planReport(decideCycle(reviveCycle(readRecording(recorded))));
        print(parts.streams, { json: globalOptions(command).json, text, value });
        return;
      }
      await withService({ ...parts, command }, async (service) => ({
        answer: await service.plan(),
      }));
    });
}

function readRecording(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new GoldsmithError(
      'RECORDING_UNREADABLE',
      `${file}: no recorded cycle can be read there; state.recordings in the config names the folder they are kept in`,
      { cause },
    );
  }
}
