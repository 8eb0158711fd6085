import type { Ident, Path, TableDefinition } from '../../sql/ir.ts';
import type { Tree } from '../tree.ts';
import { listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent, readObjectName } from './names.ts';
import { typeText } from './type-text.ts';

type Key = TableDefinition['keys'][number];
type ForeignKey = TableDefinition['foreignKeys'][number];

/** Columns and keys of a CREATE TABLE. A primary key's columns are not null. */
export function readTableDefinition(at: Tree, adapt: Adapt): TableDefinition {
  const columns = listOf(at['columns']).map(treeOf);
  const constraints = listOf(at['constraints']).map(variantOf);
  const keys = [
    ...columns.flatMap((column) => columnKeys(column)),
    ...constraints.flatMap(({ tag, body }) => tableKey(tag, treeOf(body))),
  ];
  const primary = new Set(
    keys.filter((key) => key.primary).flatMap((key) => key.columns.map(nameOf)),
  );
  return {
    columns: columns.map((column) => {
      const name = readIdent(column['name']);
      return {
        name,
        type: columnType(column),
        notNull:
          primary.has(nameOf(name)) || optionsOf(column).some(({ tag }) => tag === 'NotNull'),
      };
    }),
    keys,
    foreignKeys: [
      ...columns.flatMap((column) => columnForeignKeys(column, adapt)),
      ...constraints.flatMap(({ tag, body }) =>
        tag === 'ForeignKey' ? foreignKey(treeOf(body), columnsOf(treeOf(body)), adapt) : [],
      ),
    ],
  };
}

function nameOf(name: Ident): string {
  return name.quoted ? name.name : name.name.toLowerCase();
}

/** A collation changes what is equal, so it stands with the type. */
function columnType(column: Tree): string {
  const type = typeText(column['data_type']);
  const collation = optionsOf(column).find(({ tag }) => tag === 'Collation');
  return collation === undefined ? type : `${type} collate declared`;
}

function optionsOf(column: Tree) {
  return listOf(column['options']).map((option) => variantOf(treeOf(option)['option']));
}

function columnKeys(column: Tree): readonly Key[] {
  const columns = [readIdent(column['name'])];
  return optionsOf(column).flatMap(({ tag }) =>
    tag === 'PrimaryKey' || tag === 'Unique' ? [{ columns, primary: tag === 'PrimaryKey' }] : [],
  );
}

function tableKey(tag: string, body: Tree): readonly Key[] {
  if (tag !== 'PrimaryKey' && tag !== 'Unique') {
    return [];
  }
  const named = listOf(body['columns']).map((column) => {
    const { expr } = treeOf(treeOf(column)['column']);
    return variantOf(expr);
  });
  const isNames = named.length > 0 && named.every((name) => name.tag === 'Identifier');
  return isNames
    ? [{ columns: named.map((name) => readIdent(name.body)), primary: tag === 'PrimaryKey' }]
    : [];
}

function columnsOf(constraint: Tree): readonly Ident[] {
  return listOf(constraint['columns']).map(readIdent);
}

function columnForeignKeys(column: Tree, adapt: Adapt): readonly ForeignKey[] {
  const columns = [readIdent(column['name'])];
  return optionsOf(column).flatMap(({ tag, body }) =>
    tag === 'ForeignKey' ? foreignKey(treeOf(body), columns, adapt) : [],
  );
}

function foreignKey(node: Tree, columns: Path, adapt: Adapt): readonly ForeignKey[] {
  const references = readObjectName(node['foreign_table'], adapt.dialect);
  const referencedColumns = listOf(node['referred_columns']).map(readIdent);
  return references ? [{ columns, references, referencedColumns }] : [];
}
