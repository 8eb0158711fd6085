import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { VersionWording } from '../connectors/wording.ts';
import { type MartColumn, type MartDefinition } from '../marts/mart.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import { sameType } from '../prove/describe-query.ts';
import { derived, quoteName, quoteRelation, quoteText } from '../prove/quote.ts';
import { selectSlim } from './slim-statements.ts';
import type { ColumnComment } from './warehouse-objects.ts';

/** A mart as a view over its logical definition, columns in the definition's order. */
export function createLogicalView(definition: MartDefinition): string {
  return `create or replace view ${quoteRelation(definition.relation)} as\n${selectLogical(definition)}`;
}

export function selectLogical({ columns, sql }: Pick<MartDefinition, 'columns' | 'sql'>): string {
  return `select ${columnList(columns)}\nfrom ${derived(sql, 'logical')}`;
}

export interface VersionTables {
  readonly definition: MartDefinition;
  readonly slim?: SlimForm | undefined;
  readonly wideIntegerOption?: string | undefined;
}

/**
 * Makes the hidden table with the definition's rows, nothing else; of a slim version its rows, its packs, and the view that
 * gives every attribute.
 */
export function createVersion(
  table: RelationId,
  { definition, slim, wideIntegerOption }: VersionTables,
): readonly string[] {
  if (slim === undefined) {
    const { columns } = definition;
    return createTable(table, { columns, select: selectLogical(definition), wideIntegerOption });
  }
  return [
    ...createTable(slim.rows, {
      columns: rowColumns(slim, definition),
      select: slim.sql,
      wideIntegerOption,
    }),
    ...slim.packs.map((pack) => `create table ${quoteRelation(pack.table)} as\n${pack.sql}`),
    `create view ${quoteRelation(table)} as\n${selectSlim(slim, definition.columns)}`,
  ];
}

/** A hidden table as a version's is, without rows yet. */
export function createEmptyVersion(
  table: RelationId,
  { definition, wideIntegerOption }: Omit<VersionTables, 'slim'>,
): readonly string[] {
  const select = `${selectLogical(definition)}\nlimit 0`;
  return createTable(table, { columns: definition.columns, select, wideIntegerOption });
}

/** Adds those rows of a definition for which a condition on its columns holds. */
export function insertRows(
  table: RelationId,
  { definition, where }: { readonly definition: MartDefinition; readonly where: string },
): string {
  return `insert into ${quoteRelation(table)}\n${selectLogical(definition)}\nwhere ${where}`;
}

export function deleteRows(table: RelationId, where: string): string {
  return `delete from ${quoteRelation(table)} where ${where}`;
}

/** A table's rows in another one, word for word; stored as a version's are. */
export function copyTable(
  from: RelationId,
  {
    to,
    columns,
    where,
    wideIntegerOption,
  }: {
    readonly to: RelationId;
    readonly columns: readonly MartColumn[];
    /** Only these; absent: all. */
    readonly where?: string | undefined;
    readonly wideIntegerOption: string | undefined;
  },
): readonly string[] {
  const all = `select ${columnList(columns)}\nfrom ${quoteRelation(from)}`;
  const select = where === undefined ? all : `${all}\nwhere ${where}`;
  return createTable(to, { columns, select, wideIntegerOption });
}

/** The stored attributes and positions, as the rows of a slim version have them. */
function rowColumns(
  { attributes, packs }: SlimForm,
  { columns }: MartDefinition,
): readonly MartColumn[] {
  return [
    ...columns.filter((_, at) => attributes[at]?.kind === 'stored'),
    ...packs.map(({ position }) => ({ name: position, type: 'INTEGER' })),
  ];
}

/**
 * Sums come out wider than 64 bits, and those are what readers of a mart read: where the warehouse stores such columns so that
 * reading is slow, the table is declared first.
 */
function createTable(
  table: RelationId,
  {
    columns,
    select,
    wideIntegerOption,
  }: {
    readonly columns: readonly MartColumn[];
    readonly select: string;
    readonly wideIntegerOption: string | undefined;
  },
): readonly string[] {
  const isDeclarable = columns.every(({ type }) => PLAIN_TYPE.test(type));
  if (wideIntegerOption === undefined || !isDeclarable || !columns.some(isWide)) {
    return [`create table ${quoteRelation(table)} as\n${select}`];
  }
  const declared = columns.map((column) => {
    const option = isWide(column) ? ` ${wideIntegerOption}` : '';
    return `${quoteName(column.name)} ${column.type}${option}`;
  });
  return [
    `create table ${quoteRelation(table)} (\n  ${declared.join(',\n  ')}\n)`,
    `insert into ${quoteRelation(table)}\n${select}`,
  ];
}

/** Types whose text is a declaration, whatever the warehouse. */
const PLAIN_TYPE = /^[a-z][a-z ]*(\(\d+(, *\d+)?\))?$/i;

function isWide({ type }: MartColumn): boolean {
  const precision = /^(?:decimal|numeric)\((\d+)/i.exec(type)?.[1];
  return /^u?hugeint$/i.test(type) || Number(precision ?? 0) > 18;
}

export interface VersionView {
  readonly definition: MartDefinition;
  readonly table: RelationId;
  /** Columns as the table has them: where a type differs, the view casts it back. */
  readonly tableColumns: readonly MartColumn[];
  /** Absent where the warehouse's clock is not ours: then only the daemon holds the bound. */
  readonly freshUntil?: EpochMs | undefined;
  /** How the warehouse says the moment and what a snapshot sees. */
  readonly wording: VersionWording;
  /** The transactions that filled the version's tables, where a snapshot may be too old to see them. */
  readonly filledBy?: readonly string[] | undefined;
}

/**
 * The stable view over a version. Until `freshUntil` it reads the table, afterwards the logical definition: a planner that
 * asks once a statement, not once a row, never begins the dead branch, so readers pay nothing for it and a stopped daemon cannot leave them stale.
 */
export function createVersionView({
  definition,
  table,
  tableColumns,
  freshUntil,
  wording,
  filledBy = [],
}: VersionView): string {
  const create = `create or replace view ${quoteRelation(definition.relation)} as`;
  const fromTable = `select ${castColumns(definition.columns, tableColumns)}\nfrom ${quoteRelation(table)}`;
  const seen = filledBy.map((transaction) => wording.visibility?.sees(transaction) ?? 'true');
  const { statementTime } = wording;
  const expiry =
    freshUntil === undefined
      ? undefined
      : `cast('${new Date(freshUntil).toISOString()}' as timestamp with time zone)`;
  if (expiry === undefined && seen.length === 0) {
    return `${create}\n${fromTable}`;
  }
  const holds = [...(expiry === undefined ? [] : [`${statementTime} <= ${expiry}`]), ...seen];
  const fails = [
    ...(expiry === undefined ? [] : [`${statementTime} > ${expiry}`]),
    ...seen.map((sees) => `not ${sees}`),
  ];
  return `${create}
${fromTable}
where ${holds.join('\n  and ')}
union all
${selectLogical(definition)}
where ${fails.join('\n  or ')}`;
}

export function dropTable(table: RelationId): string {
  return `drop table ${quoteRelation(table)}`;
}

export function dropView(view: RelationId): string {
  return `drop view ${quoteRelation(view)}`;
}

/** A comment as one statement; `undefined` takes it off. */
export function commentOn(
  kind: 'table' | 'view',
  { relation, comment }: { readonly relation: RelationId; readonly comment: string | undefined },
): string {
  const text = comment === undefined ? 'null' : quoteText(comment);
  return `comment on ${kind} ${quoteRelation(relation)} is ${text}`;
}

export function commentOnColumn(relation: RelationId, { column, comment }: ColumnComment): string {
  return `comment on column ${quoteRelation(relation)}.${quoteName(column)} is ${quoteText(comment)}`;
}

function columnList(columns: readonly MartColumn[]): string {
  return columns.map(({ name }) => quoteName(name)).join(', ');
}

function castColumns(wanted: readonly MartColumn[], found: readonly MartColumn[]): string {
  return wanted
    .map(({ name, type }, position) => {
      const column = quoteName(name);
      return sameType(type, found[position]?.type ?? type)
        ? column
        : `cast(${column} as ${type}) as ${column}`;
    })
    .join(', ');
}
