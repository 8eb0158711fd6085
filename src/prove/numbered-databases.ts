import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import { derived, quoteName } from './quote.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows, NumberedRow, ScratchDatabase } from './scratch-database.ts';
import { scratchType } from './scratch-type.ts';
import type { Answers, Asking, SmallDatabases, SmallDatabasesParts } from './small-databases.ts';
import { rawText } from './sql-value.ts';

/** The column that says of which database a row is. */
const NUMBER = 'goldsmith_database';

/**
 * Holds all databases side by side, a number in each row, and lets the engine answer a statement for each of them in one
 * go: as a lateral source, in which every table is that table's rows of one number. The statement's own text is not touched,
 * and the tables stand nowhere under their own names, so that a text which names one in a way this does not catch fails
 * instead of reading something else. Statements that the engine cannot make lateral (FULL JOIN) fail, too.
 */
export async function openNumberedDatabases(
  scratch: ScratchDatabase,
  { relations, prelude = [] }: SmallDatabasesParts,
): Promise<SmallDatabases> {
  for (const statement of [...prelude, ...tablesFor(relations)]) {
    await scratch.run(statement);
  }
  let held: readonly RandomDatabase[] = [];
  const filled = new Set<number>();

  async function hold(databases: readonly RandomDatabase[]): Promise<void> {
    if (databases === held) {
      return;
    }
    held = [];
    for (const at of filled) {
      await scratch.run(`truncate numbered.t${at}; truncate texts${at}`);
    }
    filled.clear();
    for (const [at, { id, columns }] of relations.entries()) {
      const rows = numberedRows(databases, id);
      if (rows.length > 0) {
        filled.add(at);
        await scratch.append(`texts${at}`, rows);
        const values = columns.map(({ type }, index) => `cast(c${index} as ${scratchType(type)})`);
        await scratch.run(
          `insert into numbered.t${at} select ${[NUMBER, ...values].join(', ')} from texts${at}`,
        );
      }
    }
    await scratch.run(
      `truncate numbered.numbers; insert into numbered.numbers select range from range(${databases.length})`,
    );
    held = databases;
  }

  /** The tables the databases are made of, under their own names. */
  function sourcesIn([database = []]: readonly RandomDatabase[]): readonly string[] {
    const sources = relations.flatMap(({ id }, at) =>
      database.some((table) => table.relation === id)
        ? [{ name: relationParts(id).name, table: `numbered.t${at}` }]
        : [],
    );
    if (new Set(sources.map(({ name }) => name.toLowerCase())).size < sources.length) {
      throw new Error('two relations are named alike in different schemas');
    }
    return sources.map(({ name, table }) => source(name, table));
  }

  return {
    async answer(databases, { marts, statements }: Asking): Promise<Answers> {
      const sources = [...sourcesIn(databases)];
      await hold(databases);
      for (const [at, { name, sql }] of marts.entries()) {
        await scratch.run(`create or replace table numbered.m${at} as ${lateral(sql, sources)}`);
        sources.push(source(relationParts(name).name, `numbered.m${at}`));
      }
      const byStatement: AnswerRows[][] = [];
      for (const sql of statements) {
        byStatement.push(split(await scratch.rows(lateral(sql, sources)), databases.length));
      }
      return databases.map((_database, at) => byStatement.map((answers) => answers[at] ?? []));
    },
    close: () => scratch.close(),
  };
}

function numberedRows(
  databases: readonly RandomDatabase[],
  relation: RelationId,
): readonly NumberedRow[] {
  return databases.flatMap((tables, number) =>
    tables
      .filter((table) => table.relation === relation)
      .flatMap(({ rows }) => rows.map((row) => ({ number, values: row.map(rawText) }))),
  );
}

function lateral(sql: string, sources: readonly string[]): string {
  const withSources = sources.length === 0 ? '' : `with ${sources.join(',\n')}\n`;
  return `select numbers.${NUMBER}, answer.* from numbered.numbers as numbers, lateral (
${withSources}select * from ${derived(sql, 'asked')}
) as answer`;
}

function tablesFor(relations: SmallDatabasesParts['relations']): readonly string[] {
  return [
    'create schema numbered',
    `create table numbered.numbers (${NUMBER} integer)`,
    ...relations.flatMap(({ columns }, at) => {
      const typed = columns.map(({ name, type }) => `${quoteName(name)} ${scratchType(type)}`);
      const texts = columns.map((_column, index) => `c${index} varchar`);
      return [
        `create table numbered.t${at} (${[`${NUMBER} integer`, ...typed].join(', ')})`,
        `create table texts${at} (${[`${NUMBER} integer`, ...texts].join(', ')})`,
      ];
    }),
  ];
}

function source(name: string, table: string): string {
  return `${quoteName(name)} as (select * exclude (${NUMBER}) from ${table} as held where held.${NUMBER} = numbers.${NUMBER})`;
}

/** Rows that begin with their database's number, by database. */
function split(rows: AnswerRows, databases: number): AnswerRows[] {
  const answers: (readonly (string | null)[])[][] = Array.from({ length: databases }, () => []);
  for (const [number, ...row] of rows) {
    answers[Number(number)]?.push(row);
  }
  return answers;
}
