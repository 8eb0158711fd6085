import type { MatchAnswer } from '../../src/cli/match-line.ts';
import { readDdl } from '../../src/cli/read-ddl.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { MatchCase, OtherEngine } from '../../test/corpus/match-corpus.ts';
import { parse } from '../../test/corpus/match-corpus.ts';
import type { Peer } from '../peers/peer.ts';

/** Other engines by name. */
export type OtherEngines = readonly (readonly [string, OtherEngine])[];

/** What our Calcite program answers to one case: a text for each of its two ways, or why not. */
interface CalciteAnswer {
  readonly substitution: string | null;
  readonly rules: string | null;
  /** The query and the marts as it writes them unchanged, where it could read them. */
  readonly plain?: string | null;
  readonly plainMarts?: readonly (string | null)[];
  readonly because: string | null;
}

const WAYS = ['substitution', 'rules'] as const;

/** Calcite's two ways of rewriting by materialized views, with its answers to these cases; none where it is not there. */
export async function calciteEngines(
  peer: Peer,
  cases: readonly MatchCase[],
  areKeysTold: boolean,
): Promise<OtherEngines> {
  if (peer.kind === 'skipped') {
    return [];
  }
  const lines = await Promise.all(cases.map((test) => lineOf(test, areKeysTold)));
  const answers = await peer.ask<CalciteAnswer>('match', lines);
  const byCase = new Map(cases.map((test, at) => [keyOf(test), answers[at]]));
  return WAYS.map((way) => [
    `calcite ${way}`,
    {
      answer: (test) => Promise.resolve(answerOf(test, { found: byCase.get(keyOf(test)), way })),
      unchanged: (test) => unchangedBy(test, byCase.get(keyOf(test))),
    },
  ]);
}

function unchangedBy({ mvs, query }: MatchCase, found: CalciteAnswer | undefined) {
  const pairs = [
    { written: query, printed: found?.plain },
    ...mvs.map((written, at) => ({ written, printed: found?.plainMarts?.[at] })),
  ];
  return pairs.flatMap(({ written, printed }) => (printed ? [{ written, printed }] : []));
}

/** Ids repeat. */
function keyOf({ id, mvs, query }: MatchCase): string {
  return JSON.stringify([id, mvs, query]);
}

function answerOf(
  { id }: MatchCase,
  {
    found,
    way,
  }: { readonly found: CalciteAnswer | undefined; readonly way: (typeof WAYS)[number] },
): MatchAnswer {
  const sql = found?.[way] ?? undefined;
  if (sql !== undefined) {
    return { id, answer: 'rewrite', sql };
  }
  const isRead =
    typeof found?.plain === 'string' && found?.plainMarts?.every((text) => text !== null) === true;
  const because = [
    { code: isRead ? 'NOT_FOUND' : 'NOT_READ', text: found?.because ?? 'no rewrite' },
  ];
  return { id, answer: 'refuse', because };
}

/** Tables with their columns, and the declared keys where they are told. */
async function lineOf({ id, setup, mvs, query }: MatchCase, areKeysTold: boolean) {
  const schema = await readDdl({ ddl: setup, dialect: dialectOf('duckdb'), names: {} }, parse);
  const tables = schema.relations
    .filter(({ kind }) => kind === 'table')
    .map((relation) => ({
      name: relation.id.replaceAll('"', ''),
      columns: relation.columns.map(({ name, type, notNull }) => ({ name, type, notNull })),
      keys: areKeysTold ? relation.keys.map(({ columns }) => columns) : [],
      references: areKeysTold
        ? relation.foreignKeys.map(({ columns, references, referencedColumns }) => ({
            columns,
            to: references.replaceAll('"', ''),
            toColumns: referencedColumns,
          }))
        : [],
    }));
  return { id, tables, mvs, query };
}
