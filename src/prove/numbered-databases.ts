import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import { withBareNames } from './bare-names.ts';
import type { NumberedSource } from './numbered-text.ts';
import { isSafelyLateral, lateralText, NUMBER, parameterText } from './numbered-text.ts';
import { quoteName } from './quote.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows, NumberedRow, ScratchDatabase } from './scratch-database.ts';
import { scratchType } from './scratch-type.ts';
import type { Answers, Asking, SmallDatabases, SmallDatabasesParts } from './small-databases.ts';
import { rawText } from './sql-value.ts';

/**
 * Holds all databases side by side, a number in each row, and answers a statement for all of them in one go, or for one after the other with the number as a parameter. The
 * tables stand nowhere under their own names, so that a text which names one in a way this does not catch (with its schema)
 * fails instead of reading something else.
 */
export async function openNumberedDatabases(
  scratch: ScratchDatabase,
  { relations, prelude = [], mayBeLateral = true }: SmallDatabasesParts,
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
  function sourcesIn([database = []]: readonly RandomDatabase[]): readonly NumberedSource[] {
    const sources = relations.flatMap(({ id }, at) =>
      database.some((table) => table.relation === id)
        ? [{ name: relationParts(id).name, table: `numbered.t${at}` }]
        : [],
    );
    if (new Set(sources.map(({ name }) => name.toLowerCase())).size < sources.length) {
      throw new Error('two relations are named alike in different schemas');
    }
    return sources;
  }

  async function rowsOf(sql: string, sources: readonly NumberedSource[]): Promise<AnswerRows> {
    if (mayBeLateral && isSafelyLateral(sql)) {
      const rows = await scratch.rows(lateralText(sql, sources)).catch(cannotBeLateral);
      if (rows !== undefined) {
        return rows;
      }
    }
    return scratch.rowsForEach(parameterText(sql, sources), [...held.keys()]);
  }

  async function makeMart(
    { sql, table }: { readonly sql: string; readonly table: string },
    sources: readonly NumberedSource[],
  ): Promise<void> {
    const asLateral = `create or replace table ${table} as ${lateralText(sql, sources)}`;
    const isMade =
      mayBeLateral &&
      isSafelyLateral(sql) &&
      (await scratch.run(asLateral).then(isDone, cannotBeLateral)) !== undefined;
    if (isMade) {
      return;
    }
    const forEach = parameterText(sql, sources);
    await scratch.run(
      `create or replace table ${table} as select * from (${forEach.replaceAll('$number', '0')}) as mart limit 0`,
    );
    await scratch.rowsForEach(`insert into ${table} ${forEach}`, [...held.keys()]);
  }

  return {
    async answer(databases, { marts, statements }: Asking): Promise<Answers> {
      const sources = [...sourcesIn(databases)];
      const named = [...relations.map(({ id }) => id), ...marts.map(({ name }) => name)];
      await hold(databases);
      for (const [at, { name, sql }] of marts.entries()) {
        const table = `numbered.m${at}`;
        await makeMart({ sql: withBareNames(sql, named), table }, sources);
        sources.push({ name: relationParts(name).name, table });
      }
      const byStatement: AnswerRows[][] = [];
      for (const sql of statements) {
        byStatement.push(split(await rowsOf(withBareNames(sql, named), sources), databases.length));
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

function isDone(): true {
  return true;
}

/** Some joins the engine refuses in a lateral source; what is wrong for other reasons fails again, and is told, for each. */
function cannotBeLateral(): undefined {
  return undefined;
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

/** Rows that begin with their database's number, by database. */
function split(rows: AnswerRows, databases: number): AnswerRows[] {
  const answers: (readonly (string | null)[])[][] = Array.from({ length: databases }, () => []);
  for (const [number, ...row] of rows) {
    answers[Number(number)]?.push(row);
  }
  return answers;
}
