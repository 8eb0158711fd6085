import { isMap, isScalar, isSeq, parseDocument, Scalar, visit, type YAMLMap } from 'yaml';
import { type TextEdit, withEdits } from '../../lineage/dbt/source-map.ts';
import { isAnchored, plainWord, takenOver } from './yaml-parts.ts';

export interface DescribedRename {
  /** A YAML file of the project. */
  readonly text: string;
  /** The table, as dbt calls it in `source(source, table)`. */
  readonly source: string;
  readonly table: string;
  /** New names by former ones, those in lower case. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Unit tests whose rows say what the table holds. */
  readonly unitTests: ReadonlySet<string>;
}

export type RenameOutcome =
  | {
      readonly kind: 'renamed';
      readonly text: string;
      /** Unit tests whose rows say the new names now. */
      readonly unitTests: ReadonlySet<string>;
    }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Writes the new names of a source table's columns into a YAML file: where its columns are described, where tests and freshness name them,
 * and in rows of unit tests. Only those words change, all else stays byte for byte; then it is read again and compared.
 */
export function renameDescribed(rename: DescribedRename): RenameOutcome {
  const { text } = rename;
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) {
    return refused(`its YAML cannot be read: ${document.errors[0]?.message.split('\n')[0] ?? ''}`);
  }
  const { contents } = document;
  if (!isMap(contents)) {
    return { kind: 'renamed', text, unitTests: new Set() };
  }
  const tables = tablesIn(contents, rename);
  const elsewhere = tables.map(takenOver).find((name) => name !== undefined);
  if (elsewhere !== undefined) {
    return refused(
      `parts of ${rename.source}.${rename.table} are written elsewhere and only named there (*${elsewhere})`,
    );
  }
  const tests = unitTestsIn(contents, rename);
  const spots = [
    ...tables.flatMap((table) => spotsOfTable(table, rename)),
    ...referencesIn(contents, rename),
    ...tests.flatMap(({ spots: its }) => its),
  ];
  const edits: TextEdit[] = [];
  for (const { node, value } of new Map(spots.map((spot) => [spot.node, spot])).values()) {
    const isShared = isAnchored(contents, node.range?.[0] ?? 0);
    const edit = isShared ? undefined : editOf(text, { node, value });
    if (edit === undefined) {
      return refused(`${String(node.value)} is written there in a way that is not edited`);
    }
    edits.push(edit);
    node.value = value;
  }
  const left = tables.flatMap((table) => stillSaid(table.toJSON() as Json, rename.renamed))[0];
  if (left !== undefined) {
    return refused(`a test of ${rename.source}.${rename.table} names ${left} too`);
  }
  const edited = withEdits(text, edits);
  const again = parseDocument(edited);
  return again.errors.length === 0 &&
    JSON.stringify(again.toJS()) === JSON.stringify(document.toJS())
    ? {
        kind: 'renamed',
        text: edited,
        unitTests: new Set(tests.flatMap(({ name, spots: its }) => (its.length > 0 ? [name] : []))),
      }
    : refused('writing the new names into it would change something else');
}

function refused(because: string): RenameOutcome {
  return { kind: 'refused', because };
}

/** A word of the file and what it says from now on. */
interface Spot {
  readonly node: Scalar;
  readonly value: string;
}

type Renamed = Pick<DescribedRename, 'renamed'>;

function tablesIn(contents: YAMLMap, { source, table }: DescribedRename): readonly YAMLMap[] {
  return mapsIn(contents.get('sources', true))
    .filter((each) => each.get('name') === source)
    .flatMap((each) => mapsIn(each.get('tables', true)))
    .filter((each) => each.get('name') === table);
}

function mapsIn(node: unknown): readonly YAMLMap[] {
  return isSeq(node) ? node.items.filter(isMap) : [];
}

function spotsOfTable(table: YAMLMap, rename: Renamed): readonly Spot[] {
  const columns = mapsIn(table.get('columns', true));
  const config = table.get('config', true);
  return [
    ...columns.flatMap((column) => spotAt(column.get('name', true), rename)),
    ...[table, config].flatMap((map) =>
      isMap(map) ? spotAt(map.get('loaded_at_field', true), rename) : [],
    ),
    ...[table, ...columns].flatMap((map) =>
      TESTS.flatMap((key) => spotsUnder(map.get(key, true), { ...rename, keys: COLUMN_KEYS })),
    ),
  ];
}

const TESTS = ['tests', 'data_tests'];

/** Arguments of tests that name columns of the table the test stands at. */
const COLUMN_KEYS: ReadonlySet<string> = new Set([
  'column_name',
  'column',
  'columns',
  'column_list',
  'combination_of_columns',
  'group_by',
  'group_by_columns',
  'partition_by',
]);

/** Words and lists of words under such keys, however deep. */
function spotsUnder(
  node: unknown,
  parts: Renamed & { readonly keys: ReadonlySet<string> },
): readonly Spot[] {
  if (isSeq(node)) {
    return node.items.flatMap((item) => spotsUnder(item, parts));
  }
  return isMap(node)
    ? node.items.flatMap(({ key, value }) => {
        const isNaming = isScalar(key) && parts.keys.has(String(key.value));
        const named = isSeq(value) ? value.items : [value];
        return isNaming ? named.flatMap((each) => spotAt(each, parts)) : spotsUnder(value, parts);
      })
    : [];
}

function spotAt(node: unknown, { renamed }: Renamed): readonly Spot[] {
  const value =
    isScalar(node) && typeof node.value === 'string'
      ? renamed.get(node.value.toLowerCase())
      : undefined;
  return isScalar(node) && value !== undefined ? [{ node, value }] : [];
}

/** `to: source('silver', 'products')` with `field: brand`, at whatever model. */
function referencesIn(contents: YAMLMap, rename: DescribedRename): readonly Spot[] {
  const spots: Spot[] = [];
  visit(contents, {
    Map(_key, map) {
      if (isAbout(map.get('to'), rename)) {
        spots.push(...spotAt(map.get('field', true), rename));
      }
    },
  });
  return spots;
}

/** Whether a text is `source('silver', 'products')` of this table. */
function isAbout(text: unknown, { source, table }: DescribedRename): boolean {
  const [, ...names] =
    /^\s*(?:\{\{)?\s*source\s*\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*\)/.exec(
      typeof text === 'string' ? text : '',
    ) ?? [];
  return names[0] === source && names[1] === table;
}

function unitTestsIn(
  contents: YAMLMap,
  rename: DescribedRename,
): readonly { readonly name: string; readonly spots: readonly Spot[] }[] {
  return mapsIn(contents.get('unit_tests', true)).flatMap((test) => {
    const name = String(test.get('name'));
    const given = mapsIn(test.get('given', true)).filter((each) =>
      isAbout(each.get('input'), rename),
    );
    const spots = given.flatMap((each) => spotsOfRows(each.get('rows', true), rename));
    return rename.unitTests.has(name) ? [{ name, spots }] : [];
  });
}

/** Keys of the rows, or the head of rows in CSV. */
function spotsOfRows(rows: unknown, rename: Renamed): readonly Spot[] {
  if (isScalar(rows) && typeof rows.value === 'string') {
    const value = withHead(rows.value, rename);
    return value === rows.value ? [] : [{ node: rows, value }];
  }
  return mapsIn(rows).flatMap((row) => row.items.flatMap(({ key }) => spotAt(key, rename)));
}

function withHead(csv: string, { renamed }: Renamed): string {
  return csv.replace(/^[^\S\n]*[^\s,;()]+(?:[^\S\n]*,[^,\n;()]+)*[^\S\n]*(?=\n)/, (head) =>
    head.replaceAll(/[^\s,]+/g, (word) => renamed.get(word.toLowerCase()) ?? word),
  );
}

function editOf(text: string, { node, value }: Spot): TextEdit | undefined {
  const [start = 0, end = 0] = node.range ?? [];
  const written = text.slice(start, end);
  if (node.type === Scalar.BLOCK_LITERAL) {
    return headEdit(written, { start, before: String(node.value), after: value });
  }
  const words: Readonly<Record<string, string>> = {
    [Scalar.PLAIN]: plainWord(value),
    [Scalar.QUOTE_DOUBLE]: JSON.stringify(value),
    [Scalar.QUOTE_SINGLE]: `'${value.replaceAll("'", "''")}'`,
  };
  const now = words[node.type ?? ''];
  return now === undefined ? undefined : { start, end, text: now };
}

/** The first line of a block gives way to that of another text; the rest of both is the same. */
function headEdit(
  written: string,
  {
    start,
    before,
    after,
  }: { readonly start: number; readonly before: string; readonly after: string },
): TextEdit | undefined {
  const [head = '', now = ''] = [before, after].map((each) => each.split('\n')[0]);
  const at = written.indexOf(head, written.indexOf('\n'));
  return head === '' || at === -1
    ? undefined
    : { start: start + at, end: start + at + head.length, text: now };
}

type Json = Readonly<Record<string, unknown>>;

/** Former names that tests of the table, or its columns, still say. */
function stillSaid(table: Json, renamed: Renamed['renamed']): readonly string[] {
  const columns = Array.isArray(table['columns']) ? (table['columns'] as readonly Json[]) : [];
  const said = [
    ...columns.map((column) => column['name']),
    ...[table, ...columns].flatMap((map) => TESTS.map((key) => map[key])),
  ];
  const words = new Set(
    JSON.stringify(said, withoutValues)
      .toLowerCase()
      .match(/[\p{L}_][\p{L}\p{N}_$]*/gu),
  );
  return [...renamed.keys()].filter((name) => words.has(name));
}

/** Other columns, values and words of people may have the same name. */
function withoutValues(key: string, value: unknown): unknown {
  return ['to', 'field', 'values', 'name', 'description', 'meta', 'tags'].includes(key)
    ? undefined
    : value;
}
