import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import { recordCycle } from '../decide/recording.ts';
import type { CycleResult } from './cycle.ts';

/** Writes a cycle's whole input to a file named after its moment and plan; it holds no literal of any statement. */
export function keepRecording(folder: string, { input, decision }: CycleResult): void {
  const name = `${new Date(input.now).toISOString().replaceAll(':', '-')}-${decision.plan.digest.slice(0, 12)}.json`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), recordCycle(input));
  } catch (cause) {
    throw new GoldsmithError(
      'RECORDING_UNWRITABLE',
      `the cycle could not be recorded in ${folder}: make it writable, or take state.recordings out of the config`,
      { cause },
    );
  }
}
