import type { HistoryQuestion } from '../history-row.ts';
import type { HourlyStatements, Hours, ReadOptions } from './hourly-statements.ts';

/** Every kind of question that an hourly history asks, about these hours. */
export function hourlyQuestions(
  statements: HourlyStatements,
  hours: Hours,
): readonly HistoryQuestion[] {
  return [
    {
      kind: 'read groups of the history',
      ask: (options) => statements.groups(hours, { ...options, rates: {} }),
    },
    ...(statements.settledAfterMs === undefined
      ? []
      : [
          {
            kind: 'read groups of the history at what each run cost',
            ask: (options: ReadOptions) =>
              statements.groups(hours, { ...options, rates: {}, isSettled: true }),
          },
        ]),
    { kind: 'count runs of the history', ask: (options) => statements.counts(hours, options) },
    {
      kind: 'read texts of the history',
      ask: (options) => statements.texts(['0'], hours, options),
    },
    ...(statements.rateQuestions ?? []),
  ];
}
