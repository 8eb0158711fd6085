import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
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
        const { text, ...value } = await decideAgain(readRecording(recorded));
        print(parts.streams, { json: globalOptions(command).json, text, value });
        return;
      }
      await withService({ ...parts, command }, async (service) => ({
        answer: await service.plan(),
      }));
    });
}

/** Loaded when asked for: all other plans are made where the warehouse is. */
async function decideAgain(recording: string) {
  const { planReport } = await import('../../daemon/cycle-report.ts');
  const { reviveCycle } = await import('../../decide/recording.ts');
  const { decideCycle } = await import('../../plan/decide-cycle.ts');
  return planReport(decideCycle(reviveCycle(recording)));
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
