import type { Facts } from '../marts/facts.ts';
import { keepsFacts } from './keeps-facts.ts';
import type { RandomDatabase, RandomTable } from './random-databases.ts';
import type { RandomNumbers } from './random-numbers.ts';
import { pick } from './random-numbers.ts';

export interface MutateParts {
  readonly random: RandomNumbers;
  readonly facts: Facts;
  /** Whose values and rows are borrowed. */
  readonly other: RandomDatabase;
}

const TRIES = 6;

/**
 * The database with one small change that keeps to the facts: a value of its own or of another database in a cell, a row away, twice,
 * or borrowed. `undefined` where no such change was found in a few tries.
 */
export function mutateDatabase(
  database: RandomDatabase,
  { random, facts, other }: MutateParts,
): RandomDatabase | undefined {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const at = Math.floor(random() * database.length);
    const table = database[at];
    const lender = other.find(({ relation }) => relation === table?.relation);
    const changed = table && (pick(CHANGES, random) ?? changeCell)(table, { random, lender });
    if (changed !== undefined) {
      const mutated = database.with(at, changed);
      if (keepsFacts(mutated, facts)) {
        return mutated;
      }
    }
  }
  return undefined;
}

interface ChangeParts {
  readonly random: RandomNumbers;
  readonly lender: RandomTable | undefined;
}

type Change = (table: RandomTable, parts: ChangeParts) => RandomTable | undefined;

function changeCell(table: RandomTable, { random, lender }: ChangeParts): RandomTable | undefined {
  const row = Math.floor(random() * table.rows.length);
  const column = Math.floor(random() * table.columns.length);
  const lent = [...table.rows, ...(lender?.rows ?? [])].map((values) => values[column]);
  const now = table.rows[row];
  const value = pick(
    [...new Set([...lent, 'NULL'])].filter((each) => each !== now?.[column]),
    random,
  );
  return now === undefined || value === undefined
    ? undefined
    : { ...table, rows: table.rows.with(row, now.with(column, value)) };
}

function swapCells(table: RandomTable, { random }: ChangeParts): RandomTable | undefined {
  const column = Math.floor(random() * table.columns.length);
  const [one, other] = [0, 1].map(() => Math.floor(random() * table.rows.length));
  const [left, right] = [table.rows[one ?? 0], table.rows[other ?? 0]];
  const [ofLeft, ofRight] = [left?.[column], right?.[column]];
  return left === undefined || right === undefined || ofLeft === ofRight
    ? undefined
    : {
        ...table,
        rows: table.rows
          .with(one ?? 0, left.with(column, ofRight ?? 'NULL'))
          .with(other ?? 0, right.with(column, ofLeft ?? 'NULL')),
      };
}

function withoutRow(table: RandomTable, { random }: ChangeParts): RandomTable | undefined {
  return table.rows.length === 0
    ? undefined
    : { ...table, rows: table.rows.toSpliced(Math.floor(random() * table.rows.length), 1) };
}

function withRow(table: RandomTable, { random, lender }: ChangeParts): RandomTable | undefined {
  const row = pick([...table.rows, ...(lender?.rows ?? [])], random);
  return row === undefined ? undefined : { ...table, rows: [...table.rows, row] };
}

const CHANGES: readonly Change[] = [
  changeCell,
  changeCell,
  changeCell,
  swapCells,
  withoutRow,
  withRow,
];
