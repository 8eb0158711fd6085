import type { Profile } from './profile.ts';

/** Thread time of this process so far, the engine's included, in milliseconds. */
export function processThreadMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Thread time of one statement, in milliseconds. The engine's own measure is the time its threads were at the statement, with a core or
 * waiting for one: on a busy machine several times its work. The process' thread time meanwhile holds whatever else ran in the process.
 * Neither is less than the work the engine measures, so the lesser is nearer to it. Without a profile it is the time it took.
 */
export function threadMsOf(statement: {
  readonly profile: Profile | undefined;
  readonly durationMs: number;
  readonly processMs: number;
}): number {
  const { profile, durationMs, processMs } = statement;
  return profile === undefined ? durationMs : Math.min(profile.cpuMs, processMs);
}
