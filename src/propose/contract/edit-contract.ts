import { type Document, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { isSameType } from '../../drift/is-widening.ts';
import {
  flagOf,
  mapsIn,
  OUR_FRESHNESS,
  OUR_NULLS,
  OUR_ROWS,
  OUR_STATEMENT,
  schemaOf,
  textOf,
  withId,
} from './contract-nodes.ts';
import type { ContractColumn, DataContract } from './data-contract.ts';
import { logicalType } from './logical-type.ts';
import {
  freshnessLevel,
  nullsRule,
  propertyOf,
  rowsRule,
  statementProperty,
} from './write-contract.ts';

/** The contract the document says, the one it is to say, and former names of columns by new ones' wish. */
export interface ContractEdit {
  readonly before: DataContract;
  readonly after: DataContract;
  readonly renames: ReadonlyMap<string, string>;
}

/** Changes the nodes that differ and no others. */
export function editContract(document: Document, { before, after, renames }: ContractEdit): void {
  document.set('version', after.version);
  if (before.owner !== after.owner) {
    document.setIn(['team', 'name'], after.owner);
  }
  if (before.maxStalenessMs !== after.maxStalenessMs && after.maxStalenessMs !== undefined) {
    putOurs(document, document, {
      list: 'slaProperties',
      item: freshnessLevel(after.maxStalenessMs),
      id: OUR_FRESHNESS,
    });
  }
  const object = schemaOf(document, after.relation);
  if (object === undefined) {
    return;
  }
  setWhereOther(object, 'physicalType', after.physicalType);
  setWhereOther(object, 'description', after.purpose);
  if (before.minimumRows !== after.minimumRows && after.minimumRows !== undefined) {
    putOurs(document, object, { list: 'quality', item: rowsRule(after.minimumRows), id: OUR_ROWS });
  }
  if (before.statement !== after.statement && after.statement !== undefined) {
    putStatement(document, object, after.statement);
  }
  editColumns(document, { object, after, renames });
}

function putStatement(document: Document, object: YAMLMap, digest: string): void {
  const ours = mapsIn(object, 'customProperties').find(
    (each) => textOf(each, 'property') === OUR_STATEMENT,
  );
  if (ours === undefined) {
    const item = document.createNode(statementProperty(digest));
    listIn(document, object, 'customProperties').add(item);
  } else {
    ours.set('value', digest);
  }
}

function editColumns(
  document: Document,
  {
    object,
    after,
    renames,
  }: { readonly object: YAMLMap } & Pick<ContractEdit, 'after' | 'renames'>,
): void {
  const properties = listIn(document, object, 'properties');
  const former = new Map(
    mapsIn(object, 'properties').map((property) => {
      const name = textOf(property, 'physicalName') ?? textOf(property, 'name') ?? '';
      return [renames.get(name) ?? name, property] as const;
    }),
  );
  const items = after.columns.map((column) => {
    const property = former.get(column.name);
    if (property === undefined) {
      return document.createNode(propertyOf(column, after.key));
    }
    editProperty(document, { property, column, key: after.key ?? [] });
    return property;
  });
  properties.items.splice(0, properties.items.length, ...items);
}

function editProperty(
  document: Document,
  {
    property,
    column,
    key,
  }: {
    readonly property: YAMLMap;
    readonly column: ContractColumn;
    readonly key: readonly string[];
  },
): void {
  setWhereOther(property, property.has('physicalName') ? 'physicalName' : 'name', column.name);
  if (!isSameType(textOf(property, 'physicalType') ?? '', column.type)) {
    setWhereOther(property, 'logicalType', logicalType(column.type));
    property.set('physicalType', column.type);
  }
  setFlag(property, 'required', column.notNull ?? false);
  setFlag(property, 'unique', column.unique ?? false);
  const position = key.indexOf(column.name);
  setFlag(property, 'primaryKey', position !== -1);
  if (position === -1) {
    property.delete('primaryKeyPosition');
  } else {
    setWhereOther(property, 'primaryKeyPosition', position + 1);
  }
  const ours = withId(property, { list: 'quality', id: OUR_NULLS });
  if (column.notNull === true && ours === undefined) {
    putOurs(document, property, { list: 'quality', item: nullsRule(), id: OUR_NULLS });
  }
  if (column.notNull !== true && ours !== undefined) {
    takeOut(property, ours);
  }
}

/** Replaces the item that carries our id, or adds it. */
function putOurs(
  document: Document,
  parent: YAMLMap | Document,
  {
    list,
    item,
    id,
  }: { readonly list: string; readonly item: Record<string, unknown>; readonly id: string },
): void {
  const ours = withId(parent, { list, id });
  if (ours === undefined) {
    listIn(document, parent, list).add(document.createNode(item));
    return;
  }
  for (const [name, value] of Object.entries(item)) {
    setWhereOther(ours, name, value);
  }
}

function takeOut(property: YAMLMap, ours: YAMLMap): void {
  const rules = property.get('quality', true);
  if (isSeq(rules)) {
    rules.items = rules.items.filter((item) => item !== ours);
    if (rules.items.length === 0) {
      property.delete('quality');
    }
  }
}

function listIn(document: Document, parent: YAMLMap | Document, name: string): YAMLSeq {
  const there = parent.get(name, true);
  if (isSeq(there)) {
    return there;
  }
  const made = document.createNode([]);
  parent.set(name, made);
  return made as YAMLSeq;
}

function setWhereOther(parent: YAMLMap, name: string, value: unknown): void {
  if (value !== undefined && parent.get(name) !== value) {
    parent.set(name, value);
  }
}

/** An absent flag means false: it is written only where it says something. */
function setFlag(parent: YAMLMap, name: string, value: boolean): void {
  if ((flagOf(parent, name) ?? false) === value) {
    return;
  }
  if (value) {
    parent.set(name, true);
  } else {
    parent.delete(name);
  }
}
