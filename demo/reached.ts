import type { CycleResult } from '../src/daemon/cycle.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { fingerprint } from '../src/sql/fingerprint.ts';
import type { Application, Execution } from './application.ts';
import { isSame } from './is-same.ts';

/** One execution that a mart answered, with the same statement run on both sides right after it. */
export interface Reached {
  readonly execution: Execution;
  readonly fingerprint: string;
  readonly road: 'route' | 'stable-name';
  readonly mart: string;
  readonly baseSql: string;
  readonly servedSql: string;
  readonly baseMs: number;
  readonly servedMs: number;
  readonly isEqual: boolean;
}

/** Which mart answered, by the route's own word or because the view the statement names is physical. */
export function servedBy(
  { ask, route, sentSql }: Execution,
  { marts }: CycleResult,
): Pick<Reached, 'road' | 'mart' | 'baseSql' | 'servedSql' | 'fingerprint'> | undefined {
  if (route?.answer === 'mart') {
    return {
      road: 'route',
      mart: route.marts[0] ?? '',
      baseSql: ask.sql,
      servedSql: sentSql,
      fingerprint: fingerprint(ask.sql, dialectOf('duckdb')).fingerprint,
    };
  }
  for (const { definition, stage, was } of marts) {
    const name = shortName(definition.relation);
    if (stage === 'physical' && was === undefined && !ask.asksRoute && ask.sql.includes(name)) {
      const baseSql = ask.sql.replaceAll(
        name,
        `(\n${definition.sql}\n) as ${name.split('.')[1] ?? 'view_as_written'}`,
      );
      return {
        road: 'stable-name',
        mart: definition.relation,
        baseSql,
        servedSql: ask.sql,
        fingerprint: fingerprint(ask.sql, dialectOf('duckdb')).fingerprint,
      };
    }
  }
  return undefined;
}

/**
 * The same question on base and then once more on the mart, outside the story: equal as multisets, and both timed under the
 * same conditions, for what ran a moment ago leaves the processor warm for what runs next.
 */
export async function beside(
  application: Application,
  served: Pick<Reached, 'road' | 'mart' | 'baseSql' | 'servedSql' | 'fingerprint'> & {
    readonly execution: Execution;
  },
): Promise<Reached> {
  const base = await application.measure(served.baseSql);
  const again = await application.measure(served.servedSql);
  const isEqual = isSame(base.rows, served.execution.rows) && isSame(base.rows, again.rows);
  return { ...served, baseMs: base.durationMs, servedMs: again.durationMs, isEqual };
}
