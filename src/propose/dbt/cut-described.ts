import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { type TextEdit, withEdits } from '../../lineage/dbt/source-map.ts';

export interface DescribedCut {
  /** The YAML file that describes the model. */
  readonly text: string;
  readonly model: string;
  readonly version?: string | undefined;
  /** In any case. */
  readonly columns: ReadonlySet<string>;
}

export type DescribedOutcome =
  /** `gone` are the columns that were described, with what is said of each test that goes along. */
  | { readonly kind: 'cut'; readonly text: string; readonly gone: readonly string[] }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * Takes columns, with the tests that stand at them, out of a model's description. The file is not written anew: only the lines
 * of those columns go, comments and all else stay byte for byte; then it is read again and compared.
 */
export function cutDescribed({ text, model, version, columns }: DescribedCut): DescribedOutcome {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) {
    return refused(`its YAML cannot be read: ${document.errors[0]?.message.split('\n')[0] ?? ''}`);
  }
  const entry = modelEntry(document.contents, model);
  if (entry === undefined) {
    return { kind: 'cut', text, gone: [] };
  }
  const lists = [entry, ...versionsOf(entry, version)].flatMap((map) => columnLists(map));
  const wanted = new Set([...columns].map((name) => name.toLowerCase()));
  const versions = mapsIn(entry.get('versions', true));
  const shared = columnLists(entry).flatMap(({ items }) => items.map(nameIn));
  if (versions.length > 1 && shared.some((name) => wanted.has(name.toLowerCase()))) {
    return refused('several versions of the model share the description of its columns');
  }
  const edits: TextEdit[] = [];
  const gone: string[] = [];
  for (const { items, key, isFlow } of lists) {
    const cut = items.filter((item) => wanted.has(nameIn(item).toLowerCase()));
    if (cut.length > 0 && isFlow) {
      return refused('its columns are written as one line of YAML ({...} or [...])');
    }
    gone.push(...cut.map(nameIn));
    if (cut.length === items.length && cut.length > 0) {
      const last = items.at(-1);
      edits.push({ start: lineStart(text, key), end: endOfItem(text, last), text: '' });
      continue;
    }
    edits.push(
      ...cut.map((item) => ({ start: dashLine(text, item), end: endOfItem(text, item), text: '' })),
    );
  }
  const edited = withEdits(text, edits);
  return isAsMeant({ before: text, after: edited, model, wanted })
    ? { kind: 'cut', text: edited, gone: [...new Set(gone)] }
    : refused('taking the lines of its columns out would change something else');
}

function refused(because: string): DescribedOutcome {
  return { kind: 'refused', because };
}

const KINDS = ['models', 'snapshots', 'seeds'];

function modelEntry(contents: unknown, model: string): YAMLMap | undefined {
  if (!isMap(contents)) {
    return undefined;
  }
  return KINDS.flatMap((kind) => mapsIn(contents.get(kind, true))).find(
    (entry) => nameIn(entry) === model,
  );
}

/** Of a model with versions, the one that is edited; each may describe columns of its own. */
function versionsOf(entry: YAMLMap, version: string | undefined): readonly YAMLMap[] {
  return mapsIn(entry.get('versions', true)).filter((each) => String(each.get('v')) === version);
}

function mapsIn(node: unknown): readonly YAMLMap[] {
  return isSeq(node) ? node.items.filter(isMap) : [];
}

interface ColumnList {
  /** Offset of the word `columns`. */
  readonly key: number;
  readonly items: readonly YAMLMap[];
  readonly isFlow: boolean;
}

function columnLists(map: YAMLMap): readonly ColumnList[] {
  return map.items.flatMap((pair) => {
    const { key, value } = pair;
    if (!isScalar(key) || key.value !== 'columns' || !isSeq(value)) {
      return [];
    }
    const items = mapsIn(value);
    const isFlow = value.flow === true || items.some((item) => item.flow === true);
    return [{ key: key.range?.[0] ?? 0, items, isFlow }];
  });
}

function nameIn(map: YAMLMap): string {
  const name = map.get('name');
  return typeof name === 'string' || typeof name === 'number' ? `${name}` : '';
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The beginning of the line on which the item's dash stands. */
function dashLine(text: string, item: YAMLMap): number {
  const at = item.range?.[0] ?? 0;
  const dash = text.lastIndexOf('-', at - 1);
  return lineStart(text, dash === -1 ? at : dash);
}

/** After the line its last value ends on; comments and blank lines behind belong to what follows. */
function endOfItem(text: string, item: YAMLMap | undefined): number {
  const end = (item?.range?.[1] ?? 0) as number;
  const valueEnd = text.slice(0, end).trimEnd().length;
  const newline = text.indexOf('\n', valueEnd);
  return newline === -1 ? text.length : newline + 1;
}

interface Check {
  readonly before: string;
  readonly after: string;
  readonly model: string;
  readonly wanted: ReadonlySet<string>;
}

function isAsMeant({ before, after, model, wanted }: Check): boolean {
  const left = parseDocument(before);
  const right = parseDocument(after);
  const entry = modelEntry(left.contents, model);
  for (const map of entry === undefined ? [] : [entry, ...mapsIn(entry.get('versions', true))]) {
    const list = map.get('columns', true);
    if (isSeq(list)) {
      list.items = list.items.filter(
        (item) => !isMap(item) || !wanted.has(nameIn(item).toLowerCase()),
      );
      if (list.items.length === 0) {
        map.delete('columns');
      }
    }
  }
  return right.errors.length === 0 && JSON.stringify(left.toJS()) === JSON.stringify(right.toJS());
}
