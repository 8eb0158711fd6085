/** What the process ends with; scripts may rely on it. */
export const EXIT = {
  done: 0,
  failed: 1,
  badUsage: 2,
  refused: 3,
  needsApproval: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
