import type { RelationId } from '../base/relation.ts';
import { relationParts } from '../base/relation.ts';
import { derived, quoteName, quoteRelation } from './quote.ts';
import type { RandomDatabase } from './random-databases.ts';
import type { AnswerRows, ScratchDatabase } from './scratch-database.ts';
import { scratchType } from './scratch-type.ts';
import type { Answers, Asking, SmallDatabases, SmallDatabasesParts } from './small-databases.ts';

/** Holds one database after the other, in tables under their own names: as exact as can be, and slow. */
export async function openSeparateDatabases(
  scratch: ScratchDatabase,
  { relations, prelude = [] }: SmallDatabasesParts,
): Promise<SmallDatabases> {
  for (const statement of prelude) {
    await scratch.run(statement);
  }
  for (const { id, columns } of relations) {
    await makeSchemaOf(id);
    const typed = columns.map(({ name, type }) => `${quoteName(name)} ${scratchType(type)}`);
    await scratch.run(`create table ${quoteRelation(id)} (${typed.join(', ')})`);
  }

  async function makeSchemaOf(relation: RelationId): Promise<void> {
    const { schema } = relationParts(relation);
    if (schema !== undefined) {
      await scratch.run(`create schema if not exists ${quoteName(schema)}`);
    }
  }

  async function answerOne(
    database: RandomDatabase,
    { marts, statements }: Asking,
  ): Promise<readonly AnswerRows[]> {
    await scratch.run(loading(database));
    for (const { name, sql } of marts) {
      await makeSchemaOf(name);
      await scratch.run(
        `create or replace table ${quoteRelation(name)} as select * from ${derived(sql, 'mart')}`,
      );
    }
    const answers: AnswerRows[] = [];
    for (const sql of statements) {
      answers.push(await scratch.rows(sql));
    }
    return answers;
  }

  return {
    async answer(databases, asking): Promise<Answers> {
      const answers: (readonly AnswerRows[])[] = [];
      for (const database of databases) {
        answers.push(await answerOne(database, asking));
      }
      return answers;
    },
    close: () => scratch.close(),
  };
}

/** One text that empties the tables and fills them. */
function loading(tables: RandomDatabase): string {
  const emptied = tables.map((table) => `delete from ${quoteRelation(table.relation)}`);
  const filled = tables
    .filter((table) => table.rows.length > 0)
    .map((table) => {
      const columns = table.columns.map((column) => quoteName(column)).join(', ');
      const rows = table.rows.map((row) => `(${row.join(', ')})`).join(', ');
      return `insert into ${quoteRelation(table.relation)} (${columns}) values ${rows}`;
    });
  return [...emptied, ...filled].join(';\n');
}
