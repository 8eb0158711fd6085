import { relationParts } from '../base/relation.ts';
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

interface Parts {
  readonly sql: string;
  readonly names: NamesInText;
  readonly sources: readonly SourceNow[];
  readonly dialect: Dialect;
  /** Bare names also mean sources of the SELECTs around theirs. */
  readonly reachesOut?: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Each name where it stands; an output that had the column's name keeps it. */
function inPlace(parts: Parts): string {
  const { names, dialect } = parts;
  const edits = [
    ...names.tables.flatMap((table): readonly Edit[] => {
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
    ...names.columns.flatMap((column): readonly Edit[] => {
      const now = renamedTo(parts, column);
      if (now === undefined) {
        return [];
      }
      const kept = column.namesOutput ? ` as ${quoteName(column.name, dialect.name)}` : '';
      const text = `${quoteName(now, dialect.name)}${kept}`;
      return [{ start: column.start, end: column.end, text }];
    }),
  ];
  return edited(parts.sql, edits);
}

/** The source under its former names, as a query in its place: nothing else of the text changes. */
function overSources(parts: Parts): string {
  const { names, dialect } = parts;
  const edits = names.tables.flatMap((table): readonly Edit[] => {
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
  return edited(parts.sql, edits);
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
function meant({ sources }: Pick<Parts, 'sources'>, { path }: NamedTable): SourceNow | undefined {
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

function edited(sql: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: now }) => text.slice(0, start) + now + text.slice(end), sql);
}
