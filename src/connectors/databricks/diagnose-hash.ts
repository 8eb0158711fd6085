import type { Finding, QueryResult } from '../connector.ts';
import { databricksNames } from './names.ts';
import { statementHash } from './statement-hash.ts';

/** Two texts each, and whether the hash takes them for one. */
const PAIRS: readonly (readonly [isOne: boolean, one: string, other: string])[] = [
  [true, 'select * from t where id = 4711', 'select * from t where id = 123456789'],
  [true, "select * from t where d >= '2026-01-10'", "select * from t where d >= '2026-05-17'"],
  [true, '/* run 7 */ select x from t -- 7', '/* run ** 8 */ select x from t -- 8'],
  [false, 'select x from t limit 100', 'select x from t limit 500'],
  [false, "select date_format(d, 'yyyy-MM') from t", "select date_format(d, 'yyyy') from t"],
  [false, 'select percentile(x, 0.5) from t', 'select percentile(x, 0.9) from t'],
  [false, "select m['line1'] from t where k = 'a1'", "select m['line2'] from t where k = 'a1'"],
  [false, "select x + interval '7' day from t", "select x + interval '30' day from t"],
  [false, 'select round(f(x), 120) from t', 'select round(f(x), 130) from t'],
];

/** The hash of statements rests on regular expressions that engines read in their own ways: a few texts say whether this one reads them as we do. */
export async function diagnoseHash(ask: (sql: string) => Promise<QueryResult>): Promise<Finding> {
  const texts = PAIRS.flatMap(([, one, other]) => [one, other]);
  const selects = texts.map(
    (text, at) => `select ${at} as place, ${databricksNames.text(text)} as text`,
  );
  const { rows } = await ask(`select ${statementHash('text')} as hash
from (${selects.join(' union all ')}) as texts order by place`);
  const hashes = rows.map(([hash]) => hash);
  const other = PAIRS.filter(([isOne], at) => (hashes[2 * at] === hashes[2 * at + 1]) !== isOne);
  const detail =
    other.length === 0
      ? 'the warehouse groups texts of statements as it should'
      : `the warehouse groups ${other.length} of ${PAIRS.length} pairs of texts otherwise than expected, such as: ${other[0]?.[1] ?? ''}; its regular expressions differ, so kinds of statements may be told twice or as one: report it to us with the release of the warehouse`;
  return { ok: true, isWarning: other.length > 0, detail, remedy: [] };
}
