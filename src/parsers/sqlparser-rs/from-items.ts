import type { Expr, FromItem, Ident } from '../../sql/ir.ts';
import { functionName, opaque } from '../make-expr.ts';
import { everythingFrom } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, listOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readTableFunctionArgs } from './calls.ts';
import { readTableWithJoins } from './joins.ts';
import { readIdent, readObjectName } from './names.ts';
import { readPivot, readUnpivot } from './pivots.ts';

const FUNCTION_FIELDS = new Set(['name', 'alias', 'args', 'with_ordinality', 'lateral']);
const DERIVED_FIELDS = new Set(['lateral', 'subquery', 'alias']);

/** One table factor of sqlparser-rs as IR. */
export function readFromItem(node: unknown, adapt: Adapt): FromItem {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'Table':
      return readTable(at, adapt);
    case 'Derived':
      return readDerived(at, adapt);
    case 'Function':
      return readFunction(at, listOf(at['args']), adapt);
    case 'TableFunction':
      return readTableFunction(at, adapt);
    case 'UNNEST':
      return {
        kind: 'function',
        name: 'unnest',
        args: listOf(at['array_exprs']).map(adapt.expr),
        ...aliasOf(at['alias']),
        ...ordinalityOf(at),
      };
    case 'NestedJoin': {
      const joined = readTableWithJoins(at['table_with_joins'], adapt);
      return isPresent(at['alias']) ? starOf(joined, at['alias']) : joined;
    }
    case 'Pivot':
      return readPivot(at, adapt);
    case 'Unpivot':
      return readUnpivot(at, adapt);
    case 'SemanticView': {
      const path = readObjectName(at['name'], adapt.dialect);
      return path
        ? { kind: 'table', path, ...aliasOf(at['alias']), modifiers: ['semantic view'] }
        : opaqueFrom('a computed semantic view', at['alias']);
    }
    default:
      return opaqueFrom(`${camelToWords(tag) || 'an unknown form'} in from`, at['alias']);
  }
}

function opaqueFrom(because: string, alias: unknown): FromItem {
  return {
    kind: 'opaque-from',
    because,
    ...(isPresent(alias) && { alias: readIdent(treeOf(alias)['name']) }),
  };
}

/** `t AS a (x, y)`. */
export function aliasOf(node: unknown): { alias?: Ident; columnAliases: readonly Ident[] } {
  const alias = treeOf(node);
  return {
    ...(isPresent(node) && { alias: readIdent(alias['name']) }),
    columnAliases: listOf(alias['columns']).map((column) => readIdent(treeOf(column)['name'])),
  };
}

function ordinalityOf(at: Tree): { ordinality?: Ident | true } {
  if (isPresent(at['with_offset_alias'])) {
    return { ordinality: readIdent(at['with_offset_alias']) };
  }
  return at['with_offset'] === true || at['with_ordinality'] === true ? { ordinality: true } : {};
}

/** Column aliases with types change values (`json_to_record(...) AS t (a int)`): the function is marked. */
function typedAliases(node: unknown): readonly Expr[] {
  const typed = listOf(treeOf(node)['columns']).some((c) => isPresent(treeOf(c)['data_type']));
  const position = isPresent(treeOf(node)['at']);
  return [
    ...(typed ? [opaque('column aliases with types')] : []),
    ...(position ? [opaque('an alias with a position')] : []),
  ];
}

function readTable(at: Tree, adapt: Adapt): FromItem {
  const path = readObjectName(at['name'], adapt.dialect);
  if (isPresent(at['args'])) {
    const { args, settings } = treeOf(at['args']);
    return readFunction({ ...at, args: true, settings }, listOf(args), adapt);
  }
  const first = path?.[0];
  if (path === undefined || first === undefined || isPresent(at['json_path'])) {
    return opaqueFrom('a computed table name', at['alias']);
  }
  if (!first.quoted && first.name.startsWith('@')) {
    return opaqueFrom('a stage or a table variable', at['alias']);
  }
  return {
    kind: 'table',
    path,
    ...aliasOf(at['alias']),
    modifiers: [
      ...(isPresent(at['version']) ? [camelToWords(variantOf(at['version']).tag)] : []),
      ...(isPresent(at['sample']) ? ['tablesample'] : []),
      ...unreadFields(at, TABLE_FIELDS).map((field) => field.replaceAll('_', ' ')),
      ...(typedAliases(at['alias']).length > 0 ? ['typed column aliases'] : []),
    ],
  };
}

const TABLE_FIELDS = new Set(['name', 'alias', 'version', 'sample', 'json_path']);

function readFunction(at: Tree, args: readonly unknown[], adapt: Adapt): FromItem {
  const path = readObjectName(at['name'], adapt.dialect);
  if (path === undefined) {
    return opaqueFrom('a computed function name', at['alias']);
  }
  const extra = unreadFields(at, FUNCTION_FIELDS);
  const name = functionName(path);
  const read = readTableFunctionArgs(args, adapt);
  const [only] = read;
  if (name === 'stream' && read.length === 1 && only?.kind === 'column') {
    const { path } = only;
    return { kind: 'table', path, ...aliasOf(at['alias']), modifiers: ['stream'] };
  }
  return {
    kind: 'function',
    name,
    args: [
      ...read,
      ...extra.map((field) => opaque(`a table function with ${field}`)),
      ...typedAliases(at['alias']),
    ],
    ...aliasOf(at['alias']),
    ...ordinalityOf(at),
  };
}

/** `TABLE(flatten(...))`. */
function readTableFunction(at: Tree, adapt: Adapt): FromItem {
  const { tag, body } = variantOf(at['expr']);
  const inner = treeOf(body);
  const { tag: kind, body: list } = variantOf(inner['args']);
  const clauses = ['over', 'filter', 'within_group', 'parameters', 'null_treatment'];
  if (tag !== 'Function' || kind !== 'List' || clauses.some((clause) => isPresent(inner[clause]))) {
    return opaqueFrom('a computed table', at['alias']);
  }
  return readFunction(
    { name: inner['name'], alias: at['alias'] },
    listOf(treeOf(list)['args']),
    adapt,
  );
}

function readDerived(at: Tree, adapt: Adapt): FromItem {
  const query = adapt.query(at['subquery']);
  const extra = unreadFields(at, DERIVED_FIELDS);
  return {
    kind: 'derived',
    query: extra.length === 0 ? query : { ...query, limitModifier: `table${extra.join(' ')}` },
    lateral: at['lateral'] === true,
    ...aliasOf(at['alias']),
  };
}

/** A parenthesised join under one alias shows the columns of its star. */
function starOf(item: FromItem, alias: unknown): FromItem {
  return { kind: 'derived', query: everythingFrom(item), lateral: false, ...aliasOf(alias) };
}
