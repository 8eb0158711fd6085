import { relationParts } from '../base/relation.ts';
import { type TextEdit, withEdits } from '../lineage/dbt/source-map.ts';
import type { Dialect } from '../sql/dialect.ts';
import { quoteName, quoteRelation } from '../sql/print/quote-name.ts';
import {
  type NamedColumn,
  type NamedTable,
  type NamesInText,
  namesInText,
} from './names-in-text.ts';
import { isMoved, nameNow, type SourceNow } from './source-now.ts';

/**
 * Texts that may say of the sources as they are now what a definition said of them before, the one that changes least first. Each
 * is a proposal: the caller reads it and compares what it means.
 */
export function rewordings(
  sql: string,
  { sources, dialect }: { readonly sources: readonly SourceNow[]; readonly dialect: Dialect },
): readonly string[] {
  const names = namesInText(sql, dialect);
  const parts = { sql, names, sources, dialect };
  return [
    ...new Set([inPlace(parts), inPlace({ ...parts, reachesOut: true }), overSources(parts)]),
  ].filter((text) => text !== sql);
}

/**
 * The renamed columns of a text under their names of today, each where it stands, as edits: in the SELECTs that name a source, its schema with
 * it, and in those that read a CTE which hands all of it on. Proposals, as above; none where no name concerns them.
 */
export function columnRewordings(
  sql: string,
  { sources, dialect }: { readonly sources: readonly SourceNow[]; readonly dialect: Dialect },
): readonly (readonly TextEdit[])[] {
  const parts = { sql, names: namesInText(sql, dialect), sources, dialect };
  const handedOn = handingOn(sql, sources);
  return [
    columnEdits({ ...parts, handedOn }),
    columnEdits({ ...parts, handedOn: new Map() }),
    columnEdits({ ...parts, handedOn, reachesOut: true }),
  ].filter((edits) => edits.length > 0);
}

const NAME = '(?:"[^"]+"|`[^`]+`|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const STAR_CTE = new RegExp(
  `(${NAME})\\s+as\\s*\\(\\s*select\\s+\\*\\s+from\\s+(${NAME}(?:\\s*\\.\\s*${NAME})*)\\s*\\)`,
  'giu',
);

/** CTEs that are `select * from` a source, or from another such CTE, by name in lower case. */
function handingOn(sql: string, sources: readonly SourceNow[]): ReadonlyMap<string, SourceNow> {
  const found = new Map<string, SourceNow>();
  for (const [, name = '', from = ''] of sql.matchAll(STAR_CTE)) {
    const path = (from.match(new RegExp(NAME, 'gu')) ?? []).map(unquoted);
    const [only = ''] = path;
    const source = path.length === 1 ? found.get(only.toLowerCase()) : sourceCalled(path, sources);
    if (source !== undefined) {
      found.set(unquoted(name).toLowerCase(), source);
    }
  }
  return found;
}

function unquoted(name: string): string {
  return /^["`]/.test(name) ? name.slice(1, -1) : name;
}

interface Parts {
  readonly sql: string;
  readonly names: NamesInText;
  readonly sources: readonly SourceNow[];
  readonly dialect: Dialect;
  /** Bare names also mean sources of the SELECTs around theirs. */
  readonly reachesOut?: boolean;
  /** Given, a bare name is no source but one of these, or a CTE that is none of them. */
  readonly handedOn?: ReadonlyMap<string, SourceNow>;
}

/** Each name where it stands; an output that had the column's name keeps it. */
function inPlace(parts: Parts): string {
  const { names } = parts;
  const edits = [
    ...names.tables.flatMap((table): readonly TextEdit[] => {
      const source = meant(parts, table);
      return source === undefined || !isMoved(source)
        ? []
        : [
            {
              start: table.start,
              end: table.refEnd,
              text: asBefore(table, relationNow(parts, source), parts),
            },
          ];
    }),
    ...columnEdits(parts),
  ];
  return withEdits(parts.sql, edits);
}

function columnEdits(parts: Parts): readonly TextEdit[] {
  const { names, dialect } = parts;
  return names.columns.flatMap((column): readonly TextEdit[] => {
    const now = renamedTo(parts, column);
    if (now === undefined) {
      return [];
    }
    const kept = column.namesOutput ? ` as ${quoteName(column.name, dialect.name)}` : '';
    const text = `${quoteName(now, dialect.name)}${kept}`;
    return [{ start: column.start, end: column.end, text }];
  });
}

/** The source under its former names, as a query in its place: nothing else of the text changes. */
function overSources(parts: Parts): string {
  const { names, dialect } = parts;
  const edits = names.tables.flatMap((table): readonly TextEdit[] => {
    const source = meant(parts, table);
    if (source === undefined || (!isMoved(source) && source.renamed.size === 0)) {
      return [];
    }
    const standing = new Set(source.is.columns.map(({ name }) => name));
    const items = source.was.columns.flatMap(({ name }) => {
      const now = nameNow(source, name);
      const [was, is] = [name, now].map((each) => quoteName(each, dialect.name));
      if (!standing.has(now)) {
        return [];
      }
      return was === is ? [`${is}`] : [`${is} as ${was}`];
    });
    const query = `(select ${items.join(', ')} from ${relationNow(parts, source)})`;
    return [{ start: table.start, end: table.refEnd, text: asBefore(table, query, parts) }];
  });
  return withEdits(parts.sql, edits);
}

/** Under the alias it had, or under the name it was read by. */
function asBefore(table: NamedTable, text: string, { dialect }: Parts): string {
  const called = table.alias ?? table.path.at(-1) ?? '';
  return `${text} as ${quoteName(called, dialect.name)}`;
}

function relationNow({ dialect }: Parts, { is }: SourceNow): string {
  return quoteRelation(is.id, dialect.name);
}

/** The source a table of the text is, by as many parts of the name as are written. */
function meant(
  { sources, handedOn }: Pick<Parts, 'sources' | 'handedOn'>,
  { path }: NamedTable,
): SourceNow | undefined {
  return handedOn !== undefined && path.length === 1
    ? handedOn.get(path[0]?.toLowerCase() ?? '')
    : sourceCalled(path, sources);
}

function sourceCalled(
  path: readonly string[],
  sources: readonly SourceNow[],
): SourceNow | undefined {
  return sources.find(({ was }) => {
    const { database, schema, name } = relationParts(was.id);
    const full = [database, schema, name];
    return path.toReversed().every((part, at) => {
      const own = full[full.length - 1 - at];
      return own === undefined || own.toLowerCase() === part.toLowerCase();
    });
  });
}

function renamedTo(parts: Parts, column: NamedColumn): string | undefined {
  const { names, reachesOut = false } = parts;
  for (let block: number | undefined = column.block; block !== undefined; ) {
    const own = names.tables.filter((table) => table.block === block);
    const called = (table: NamedTable) => table.alias ?? table.path.at(-1) ?? '';
    const tables =
      column.qualifier === undefined
        ? own
        : own.filter((table) => isSame(called(table), column.qualifier ?? ''));
    for (const table of tables) {
      const source = meant(parts, table);
      const found = [...(source?.renamed ?? [])].find(([was]) => isSame(was, column.name));
      if (found !== undefined) {
        return found[1];
      }
    }
    const isFound = column.qualifier !== undefined && tables.length > 0;
    const looksOut = column.qualifier !== undefined || reachesOut;
    block = isFound || !looksOut ? undefined : names.parents[block];
  }
  return undefined;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
