import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { BenchmarkQuery } from './open-data.ts';
import { type TablePool, varyLiterals } from './vary-literals.ts';

const ZIPF = 1.05;
const USERS = ['ana', 'ben', 'chloe', 'dmitri', 'elif', 'femi'];
const OPENS_MS = 8 * 3_600_000;
const CLOSES_MS = 18 * 3_600_000;

/** One statement somebody sends on one day. */
export interface Ask {
  readonly template: string;
  readonly sql: string;
  readonly user: string;
  /** Milliseconds after midnight. */
  readonly at: number;
}

export interface WorkloadParts {
  readonly queries: readonly BenchmarkQuery[];
  readonly pools: readonly TablePool[];
  readonly days: number;
  readonly runsPerDay: number;
  readonly random: () => number;
}

/**
 * Each query is a template; which is asked how often goes by Zipf 1.05 over a random order of them, and each statement has
 * its own literals. Statements that would be another template with other literals keep their own.
 */
export function makeWorkload(parts: WorkloadParts): readonly (readonly Ask[])[] {
  const { queries, pools, days, runsPerDay, random } = parts;
  const ranked = shuffled(queries, random);
  const weights = ranked.map((_, at) => (at + 1) ** -ZIPF);
  const total = weights.reduce((sum, each) => sum + each, 0);
  const draw = () => {
    let left = random() * total;
    return ranked.find((_, at) => (left -= weights[at] ?? 0) <= 0) ?? ranked[0];
  };
  return Array.from({ length: days }, () =>
    Array.from({ length: runsPerDay }, (_, at): readonly Ask[] => {
      const query = draw();
      const user = USERS[Math.floor(random() * USERS.length)] ?? '';
      const moment = OPENS_MS + Math.floor((at / runsPerDay) * (CLOSES_MS - OPENS_MS));
      return query === undefined
        ? []
        : [{ template: query.name, sql: asked(query.sql, { pools, random }), user, at: moment }];
    }).flat(),
  );
}

function asked(
  written: string,
  parts: { readonly pools: readonly TablePool[]; readonly random: () => number },
): string {
  const sql = written.trim().replace(/;$/, '');
  const varied = varyLiterals(sql, parts);
  const printOf = (text: string) => fingerprint(text, dialectOf('duckdb')).fingerprint;
  return printOf(varied) === printOf(sql) ? varied : sql;
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
