import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Capabilities } from '../connectors/connector.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { NameWording, ObjectKind, StagedWording, Wording } from '../connectors/wording.ts';
import { type MartColumn, type MartDefinition } from '../marts/mart.ts';
import type { NativeShape } from '../marts/native-shape.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import { sameType } from '../prove/describe-query.ts';
import { derived } from '../prove/quote.ts';
import { createSlimView, joinedBeside, rowColumns, uniqueKeys } from './slim-statements.ts';

/** A mart as a view over its logical definition, columns in the definition's order. */
export function createLogicalView(definition: MartDefinition, wording: Wording): string {
  const view = wording.names.relation(definition.relation);
  return `create or replace view ${view} as\n${selectLogical(definition, wording)}`;
}

export function selectLogical(
  { columns, sql }: Pick<MartDefinition, 'columns' | 'sql'>,
  { names }: Wording,
): string {
  return `select ${columnList(columns, names)}\nfrom ${derived(sql, 'logical')}`;
}

export interface VersionTables {
  readonly definition: MartDefinition;
  readonly slim?: SlimForm | undefined;
  readonly wideIntegerOption?: string | undefined;
  /** Said with the table where each statement commits by itself; elsewhere a statement of its own says it. */
  readonly comment?: string | undefined;
  /** Where each statement commits by itself. */
  readonly clusteredBy?: readonly string[] | undefined;
  readonly partedBy?: string | undefined;
  /** In the warehouse's own shape, where the wording has it, instead of a table's. */
  readonly native?: NativeShape | undefined;
  readonly wording: Wording;
}

/**
 * Makes the hidden table with the definition's rows, nothing else; of a slim version its rows, what lies beside them, and the view
 * that gives every attribute.
 */
export function createVersion(
  table: RelationId,
  { definition, slim, wideIntegerOption, comment, native, wording, ...lying }: VersionTables,
): readonly string[] {
  const { names, staged } = wording;
  if (slim === undefined) {
    const { columns } = definition;
    const select = selectLogical(definition, wording);
    const kept = nativeWordingOf(wording, native?.kind);
    if (native !== undefined && kept !== undefined) {
      const said = { relation: table, comment: comment ?? '', select, definition: definition.sql };
      return kept.create({ ...native, ...said });
    }
    const said = { comment, ...lying, staged };
    return createTable(table, { columns, select, wideIntegerOption, names, ...said });
  }
  const columns = rowColumns(slim, definition.columns);
  const isStored = (name: string) => columns.some((column) => column.name === name);
  const said = { comment, wideIntegerOption, names, staged };
  const clusteredRows = lying.clusteredBy?.filter(isStored);
  const { partedBy } = lying;
  return [
    ...createTable(slim.rows, {
      columns,
      select: slim.sql,
      clusteredBy: clusteredRows,
      partedBy,
      ...said,
    }),
    ...slim.packs.map((pack) => `create table ${names.relation(pack.table)} as\n${pack.sql}`),
    ...(slim.sides ?? []).flatMap((side) =>
      createTable(side.table, { ...said, columns: [], select: side.sql }),
    ),
    createSlimView(table, { form: slim, columns: definition.columns, comment, wording }),
    ...uniqueKeys(slim, wording),
  ];
}

/** A hidden table as a version's is, without rows yet. */
export function createEmptyVersion(
  table: RelationId,
  { definition, wideIntegerOption, wording }: Omit<VersionTables, 'slim'>,
): readonly string[] {
  const select = `${selectLogical(definition, wording)}\nlimit 0`;
  const { columns } = definition;
  return createTable(table, { columns, select, wideIntegerOption, names: wording.names });
}

/** Adds those rows of a definition for which a condition on its columns holds. */
export function insertRows(
  table: RelationId,
  { order = [], ...rows }: RowsOf & { readonly order?: readonly string[] | undefined },
): string {
  const { names } = rows.wording;
  const by = order.map((name) => names.quote(name)).join(', ');
  const sorted = by === '' ? '' : `\norder by ${by}`;
  return `insert into ${names.relation(table)}\n${selectRows(rows)}${sorted}`;
}

/** In which order rows are added to a table: by what they are to lie together, where they lie as they are written. */
export function sortedBy(
  { clusteredBy }: { readonly clusteredBy?: readonly string[] | undefined },
  { clusters }: Capabilities,
): readonly string[] | undefined {
  return clusters?.sorted === true ? clusteredBy : undefined;
}

interface RowsOf {
  readonly definition: MartDefinition;
  readonly where: string;
  readonly wording: Wording;
}

/** Those rows of a definition for which a condition on its columns holds. */
export function selectRows({ definition, where, wording }: RowsOf): string {
  return `${selectLogical(definition, wording)}\nwhere ${where}`;
}

export function deleteRows(
  table: RelationId,
  { where, wording }: { readonly where: string; readonly wording: Wording },
): string {
  return `delete from ${wording.names.relation(table)} where ${where}`;
}

/** A table's rows in another one, word for word; stored as a version's are. */
export function copyTable(
  from: RelationId,
  {
    to,
    columns,
    where,
    wideIntegerOption,
    wording,
    ...said
  }: {
    readonly to: RelationId;
    readonly columns: readonly MartColumn[];
    /** Only these; absent: all. */
    readonly where?: string | undefined;
    readonly wideIntegerOption: string | undefined;
    readonly comment?: string | undefined;
    readonly clusteredBy?: readonly string[] | undefined;
    readonly partedBy?: string | undefined;
    readonly wording: Wording;
  },
): readonly string[] {
  const { names, staged } = wording;
  const all = `select ${columnList(columns, names)}\nfrom ${names.relation(from)}`;
  const select = where === undefined ? all : `${all}\nwhere ${where}`;
  return createTable(to, { columns, select, wideIntegerOption, names, staged, ...said });
}

/**
 * Sums come out wider than 64 bits, and those are what readers of a mart read: where the warehouse stores such columns so that
 * reading is slow, the table is declared first.
 */
export function createTable(
  table: RelationId,
  {
    columns,
    select,
    wideIntegerOption,
    comment,
    clusteredBy,
    partedBy,
    names,
    staged,
  }: {
    readonly columns: readonly MartColumn[];
    readonly select: string;
    readonly wideIntegerOption: string | undefined;
    readonly comment?: string | undefined;
    readonly clusteredBy?: readonly string[] | undefined;
    readonly partedBy?: string | undefined;
    readonly names: NameWording;
    readonly staged?: StagedWording | undefined;
  },
): readonly string[] {
  if (staged !== undefined && comment !== undefined) {
    const parted = columns.find(({ name }) => name === partedBy);
    const lying = { clusteredBy, partedBy: parted };
    return [staged.createTable({ relation: table, comment, select, ...lying })];
  }
  const isDeclarable = columns.every(({ type }) => PLAIN_TYPE.test(type));
  if (wideIntegerOption === undefined || !isDeclarable || !columns.some(isWide)) {
    return [`create table ${names.relation(table)} as\n${select}`];
  }
  const declared = columns.map((column) => {
    const option = isWide(column) ? ` ${wideIntegerOption}` : '';
    return `${names.quote(column.name)} ${column.type}${option}`;
  });
  return [
    `create table ${names.relation(table)} (\n  ${declared.join(',\n  ')}\n)`,
    `insert into ${names.relation(table)}\n${select}`,
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
  readonly wording: Wording;
  /** The transactions that filled the version's tables, where a snapshot may be too old to see them. */
  readonly filledBy?: readonly string[] | undefined;
  /** How the version is stored, where not every attribute has a column of its own. */
  readonly slim?: SlimForm | undefined;
}

/**
 * The stable view over a version. Until `freshUntil` it reads the table, afterwards the logical definition: a planner that
 * asks once a statement, not once a row, never begins the dead branch, so readers pay nothing for it and a stopped daemon cannot leave them stale.
 * Where the warehouse lets a view choose what it binds, a definition that no longer binds breaks nobody until then.
 */
export function createVersionView(version: VersionView): string {
  const { definition, wording } = version;
  const view = wording.names.relation(definition.relation);
  return `create or replace view ${view} as\n${selectVersion(version)}`;
}

/** What that view selects. */
export function selectVersion({
  definition,
  table,
  tableColumns,
  freshUntil,
  wording,
  filledBy = [],
  slim,
}: VersionView): string {
  const { names, versions } = wording;
  const items = castColumns(definition.columns, { found: tableColumns, names });
  const fromTable = `select ${items}\nfrom ${names.relation(table)}`;
  const seen = filledBy.map((transaction) => versions.visibility?.sees(transaction) ?? 'true');
  const { statementTime } = versions;
  const expiry = freshUntil === undefined ? undefined : versions.moment(freshUntil);
  if (expiry === undefined && seen.length === 0) {
    return fromTable;
  }
  if (versions.chosen !== undefined && expiry !== undefined && seen.length === 0) {
    const answering = versions.chosen({
      when: `${statementTime} <= ${expiry}`,
      answer: fromTable,
      otherwise: selectLogical(definition, wording),
    });
    return `select ${columnList(definition.columns, names)}\nfrom ${answering}`;
  }
  const holds = [...(expiry === undefined ? [] : [`${statementTime} <= ${expiry}`]), ...seen];
  const fails = [
    ...(expiry === undefined ? [] : [`${statementTime} > ${expiry}`]),
    ...seen.map((sees) => `not ${sees}`),
  ];
  const gate = holds.join('\n  and ');
  const joined = joinedBeside(slim, { columns: definition.columns, wording, gate });
  const answering =
    joined === undefined
      ? `${fromTable}\nwhere ${gate}`
      : `select ${items}\nfrom ${derived(joined, 'kept')}`;
  return `${answering}
union all
${selectLogical(definition, wording)}
where ${fails.join('\n  or ')}`;
}

export function dropTable(table: RelationId, { names }: Wording): string {
  return `drop table ${names.relation(table)}`;
}

/** Whatever it is: what stands under a name is dropped in the words for its kind. */
export function dropObject(kind: ObjectKind, relation: RelationId, { names }: Wording): string {
  return `drop ${kind} ${names.relation(relation)}`;
}

export function dropView(view: RelationId, { names }: Wording): string {
  return `drop view ${names.relation(view)}`;
}

function columnList(columns: readonly MartColumn[], names: NameWording): string {
  return columns.map(({ name }) => names.quote(name)).join(', ');
}

function castColumns(
  wanted: readonly MartColumn[],
  { found, names }: { readonly found: readonly MartColumn[]; readonly names: NameWording },
): string {
  return wanted
    .map(({ name, type }, position) => {
      const column = names.quote(name);
      return sameType(type, found[position]?.type ?? type)
        ? column
        : `cast(${column} as ${type}) as ${column}`;
    })
    .join(', ');
}
