import type { RelationId } from '../base/relation.ts';
import type { Determinacy } from '../prove/determinacy.ts';
import type { RandomDatabase } from '../prove/random-databases.ts';
import type { AnswerRows } from '../prove/scratch-database.ts';
import { showCounterExample, showWitness } from '../prove/show-tables.ts';
import type { CounterExample } from '../prove/small-scope.ts';
import { rawText } from '../prove/sql-value.ts';
import type { TrialVerdict } from '../prove/try-ways.ts';

/** What trying a rewrite on small databases said; part of an answer line of `goldsmith match --prove`. */
export type Proof =
  | {
      readonly verdict: 'equal';
      /** Each with both answers, all equal. */
      readonly databases: number;
      /** Of those, how many had a row in the answer. */
      readonly telling: number;
      readonly seed: number;
      readonly because?: string;
    }
  | {
      readonly verdict: 'unequal';
      /** The last of so many told the two apart. */
      readonly databases: number;
      readonly seed: number;
      readonly because: string;
      readonly counterExample: ShownCounterExample;
    }
  | {
      readonly verdict: 'not-tried';
      readonly databases: 0;
      readonly seed: number;
      readonly because: string;
    };

/** Whether marts alone could answer a query at all. */
export type DeterminacyAnswer =
  | {
      readonly verdict: 'impossible';
      readonly databases: number;
      readonly seed: number;
      readonly because: string;
      readonly witness: ShownWitness;
    }
  | { readonly verdict: 'unknown'; readonly databases: number; readonly seed: number };

export interface ShownCounterExample {
  readonly tables: readonly ShownRows[];
  readonly query: AnswerRows;
  readonly rewritten: AnswerRows;
  /** The same as small tables, for people. */
  readonly text: string;
}

export interface ShownWitness {
  readonly left: ShownSide;
  readonly right: ShownSide;
  readonly text: string;
}

interface ShownSide {
  readonly tables: readonly ShownRows[];
  readonly query: AnswerRows;
}

interface ShownRows {
  readonly relation: RelationId;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export function tried(
  { databases, telling, isAsWritten }: Extract<TrialVerdict, { kind: 'equal' }>,
  seed: number,
): Proof {
  const because = isAsWritten ? {} : { because: 'tried as printed for DuckDB' };
  return { verdict: 'equal', databases, telling, seed, ...because };
}

export function counterExampleOf(found: CounterExample): {
  readonly because: string;
  readonly counterExample: ShownCounterExample;
} {
  const rows = found.tables.reduce((sum, table) => sum + table.rows.length, 0);
  const because =
    found.failure === undefined
      ? `on a database of ${rows} rows the query and the rewrite answer differently`
      : `on a database of ${rows} rows the query answers and the rewrite fails: ${found.failure}`;
  return {
    because,
    counterExample: {
      tables: shownTables(found.tables),
      query: found.query,
      rewritten: found.rewritten,
      text: showCounterExample(found),
    },
  };
}

export function witnessAnswerOf(
  { databases, witness }: Extract<Determinacy, { kind: 'impossible' }>,
  seed: number,
): DeterminacyAnswer {
  const { left, right } = witness;
  return {
    verdict: 'impossible',
    databases,
    seed,
    because:
      'impossible from these marts alone: on two databases the marts are equal and the answers differ',
    witness: {
      left: { tables: shownTables(left.tables), query: left.query },
      right: { tables: shownTables(right.tables), query: right.query },
      text: showWitness(witness),
    },
  };
}

function shownTables(tables: RandomDatabase): readonly ShownRows[] {
  return tables.map(({ relation, columns, rows }) => ({
    relation,
    columns,
    rows: rows.map((row) => row.map(rawText)),
  }));
}
