import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { addToYaml, type YamlAdded } from '../files/add-to-yaml.ts';

/** A column that a model gets. */
export interface AddedColumn {
  readonly name: string;
  /** As the warehouse writes it; empty when unknown. */
  readonly type: string;
  /** What it is, in words. */
  readonly words?: string | undefined;
}

export interface DescribedAddition {
  /** The YAML file that describes the model. */
  readonly text: string;
  readonly model: string;
  readonly columns: readonly AddedColumn[];
  /** An enforced contract lists every column with its type. */
  readonly hasContract: boolean;
}

/**
 * Adds columns to a model's description, saying of them what it says of others: their type, a description. The text comes back as
 * it is where the model's columns are not described.
 */
export function describeAdded(addition: DescribedAddition): YamlAdded {
  const { text, model, columns, hasContract } = addition;
  const document = parseDocument(text);
  const models = isMap(document.contents) ? document.contents.get('models', true) : undefined;
  const at = isSeq(models)
    ? models.items.findIndex((item) => isMap(item) && item.get('name') === model)
    : -1;
  const entry = isSeq(models) ? models.items[at] : undefined;
  if (!isMap(entry)) {
    return hasContract
      ? { kind: 'refused', because: `it does not describe ${model}, whose contract is enforced` }
      : { kind: 'text', text };
  }
  if (entry.has('versions')) {
    return { kind: 'refused', because: 'the model has versions, which may share their columns' };
  }
  const known = columnsIn(entry);
  if (known.length === 0 && !hasContract) {
    return { kind: 'text', text };
  }
  const untyped = columns.find(({ type }) => type === '');
  if (hasContract && untyped !== undefined) {
    const because = `its contract is enforced, and the type of ${untyped.name} is not known`;
    return { kind: 'refused', because };
  }
  const manner = {
    isTyped: hasContract || known.some((map) => map.has('data_type')),
    isTold: known.some((map) => map.has('description')),
  };
  const list = ['models', at, 'columns'];
  return addToYaml(
    text,
    columns
      .filter(({ name }) => !known.some((map) => isCalled(map, name)))
      .map((column) => ({ at: list, value: entryOf(column, manner) })),
  );
}

function columnsIn(entry: YAMLMap): readonly YAMLMap[] {
  const columns = entry.get('columns', true);
  return isSeq(columns) ? columns.items.filter(isMap) : [];
}

function isCalled(map: YAMLMap, name: string): boolean {
  return String(map.get('name')).toLowerCase() === name.toLowerCase();
}

function entryOf(
  { name, type, words }: AddedColumn,
  { isTyped, isTold }: { readonly isTyped: boolean; readonly isTold: boolean },
): Readonly<Record<string, string>> {
  return {
    name,
    ...(isTold && words !== undefined ? { description: words } : {}),
    ...(isTyped && type !== '' ? { data_type: type.toLowerCase() } : {}),
  };
}
