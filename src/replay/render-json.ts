import { toDollars } from '../base/usd.ts';
import type { ReplayReport } from './replay-report.ts';

/** The report as a plain value for scripts; money in dollars, predicted throughout. */
export function reportJson(report: ReplayReport): unknown {
  const plain = JSON.parse(
    JSON.stringify(report, (_key, value: unknown) =>
      typeof value === 'bigint' ? toDollars(value as ReplayReport['totals']['net']) : value,
    ),
  ) as object;
  return { money: 'US dollars, predicted', ...plain };
}
