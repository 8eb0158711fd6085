import type { Expr, FromItem, Ident, JoinKind, Query } from '../../sql/ir.ts';
import { functionName, literal, namedArgument, opaque } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { camelToWords, isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { unread } from './adapt.ts';
import { readIdent, readPath } from './names.ts';

const KINDS: Readonly<Record<string, JoinKind>> = {
  Inner: 'inner',
  Straight: 'inner',
  Implicit: 'cross',
  Left: 'left',
  Right: 'right',
  Full: 'full',
  Cross: 'cross',
  Natural: 'inner',
  NaturalLeft: 'left',
  NaturalRight: 'right',
  NaturalFull: 'full',
  Semi: 'semi',
  LeftSemi: 'semi',
  Anti: 'anti',
  LeftAnti: 'anti',
  AsOf: 'asof',
  Positional: 'positional',
  Lateral: 'cross',
};

const JOIN_FIELDS = [
  'this',
  'on',
  'using',
  'kind',
  'use_inner_keyword',
  'use_outer_keyword',
  'nesting_group',
];

/** FROM with its joins; a comma begins a new item, and a join belongs to the item before it. */
export function readFromList(nodes: unknown, joins: unknown, adapt: Adapt): readonly FromItem[] {
  const items = listOf(nodes).map(adapt.from);
  for (const node of listOf(joins)) {
    const join = treeOf(node);
    const left = items.pop();
    if (left === undefined) {
      return [{ kind: 'opaque-from', because: 'a join of nothing' }];
    }
    if (join['kind'] === 'Implicit') {
      items.push(left, adapt.from(join['this']));
    } else {
      items.push(readJoin(left, join, adapt));
    }
  }
  return items;
}

function readJoin(left: FromItem, join: Tree, adapt: Adapt): FromItem {
  const name = textOf(join['kind']);
  const right = adapt.from(join['this']);
  const kind = KINDS[name];
  const extra = [
    ...unread(join, JOIN_FIELDS),
    ...(Number(join['nesting_group'] ?? 0) > 0 ? ['nesting'] : []),
  ];
  if (kind === undefined || extra.length > 0) {
    const because = [camelToWords(name), 'join', ...extra].join(' ');
    const on = opaque(because, isPresent(join['on']) ? [adapt.expr(join['on'])] : []);
    return { kind: 'join', join: 'cross', left, right, natural: false, on };
  }
  const using = listOf(join['using']).map(readIdent);
  return {
    kind: 'join',
    join: kind,
    left,
    right,
    natural: name.startsWith('Natural'),
    ...(isPresent(join['on']) && { on: adapt.expr(join['on']) }),
    ...(using.length > 0 && { using }),
  };
}

export function readFromItem(node: unknown, adapt: Adapt): FromItem {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'table':
      return readTable(at, adapt);
    case 'subquery':
      return readSubquery(at, adapt);
    case 'alias':
      return withAlias(adapt.from(at['this']), at);
    case 'paren':
      return adapt.from(at['this']);
    case 'joined_table': {
      const [item, ...more] = readFromList([at['left']], at['joins'], adapt);
      const isPlain =
        more.length === 0 && !isPresent(at['alias']) && !isPresent(at['lateral_views']);
      return item && isPlain ? item : opaqueFrom('a nested join with an alias', at['alias']);
    }
    case 'unnest':
      return readUnnest(at, adapt);
    case 'values':
      return readValues(at, adapt);
    case 'function':
      return readFunction(at, adapt);
    case 'lateral':
      return readLateral(at, adapt);
    case 'semantic_view': {
      const { kind, path } = { path: [], ...adapt.expr(at['this']) };
      return kind === 'column'
        ? { kind: 'table', path, columnAliases: [], modifiers: ['semantic view'] }
        : opaqueFrom('a computed semantic view', undefined);
    }
    default:
      return opaqueFrom(`${tag.replaceAll('_', ' ')} in from`, at['alias']);
  }
}

function opaqueFrom(because: string, alias: unknown): FromItem {
  return { kind: 'opaque-from', because, ...(isPresent(alias) && { alias: readIdent(alias) }) };
}

const TABLE_FIELDS = ['schema', 'catalog', 'alias', 'column_aliases', 'when', 'table_sample'];

export function readTable(at: Tree, adapt: Adapt): FromItem {
  const path = readPath([at['catalog'], at['schema'], at['name']], adapt.dialect);
  const [first] = path;
  if (first === undefined || isPresent(at['identifier_func']) || first.name.startsWith('@')) {
    return opaqueFrom('a computed table name', at['alias']);
  }
  return {
    kind: 'table',
    path,
    ...aliasOf(at),
    modifiers: [
      ...(isPresent(at['when']) ? ['time travel'] : []),
      ...(isPresent(at['table_sample']) ? ['tablesample'] : []),
      ...unread(at, TABLE_FIELDS).map((field) => field.replaceAll('_', ' ')),
    ],
  };
}

function aliasOf(at: Tree): { alias?: Ident; columnAliases: readonly Ident[] } {
  return {
    ...(isPresent(at['alias']) && { alias: readIdent(at['alias']) }),
    columnAliases: listOf(at['column_aliases']).map(readIdent),
  };
}

function withAlias(item: FromItem, at: Tree): FromItem {
  const { alias, columnAliases } = aliasOf(at);
  if (item.kind === 'table' || item.kind === 'function' || item.kind === 'derived') {
    return { ...item, ...(alias && { alias }), columnAliases };
  }
  return item.kind === 'join' || item.kind === 'pivot'
    ? opaqueFrom('an aliased join', at['alias'])
    : { ...item, ...(alias && { alias }) };
}

const SUBQUERY_FIELDS = ['this', 'alias', 'column_aliases', 'lateral', 'modifiers_inside'];

function readSubquery(at: Tree, adapt: Adapt): FromItem {
  const inner = variantOf(at['this']).tag;
  const extra = unread(at, SUBQUERY_FIELDS);
  if (inner === 'table' || inner === 'joined_table' || inner === 'subquery') {
    const item = adapt.from(at['this']);
    return isPresent(at['alias']) ? withAlias(item, at) : item;
  }
  const query = adapt.query(at['this']);
  const marked: Query =
    extra.length === 0 ? query : { ...query, limitModifier: extra.join(', ').replaceAll('_', ' ') };
  return { kind: 'derived', query: marked, lateral: at['lateral'] === true, ...aliasOf(at) };
}

function readUnnest(at: Tree, adapt: Adapt): FromItem {
  const offset = at['offset_alias'];
  return {
    kind: 'function',
    name: 'unnest',
    args: [at['this'], ...listOf(at['expressions'])].map(adapt.expr),
    ...aliasOf(at),
    ...(isPresent(offset) && { ordinality: readIdent(offset) }),
    ...(!isPresent(offset) && at['with_ordinality'] === true && { ordinality: true }),
  };
}

function readValues(at: Tree, adapt: Adapt): FromItem {
  const rows = listOf(at['expressions']).map((row) =>
    listOf(treeOf(row)['expressions']).map(adapt.expr),
  );
  const query: Query = { ctes: [], recursive: false, body: { kind: 'values', rows }, orderBy: [] };
  return { kind: 'derived', query, lateral: false, ...aliasOf(at) };
}

function readFunction(at: Tree, adapt: Adapt): FromItem {
  const name = textOf(at['name']);
  const args = listOf(at['args']);
  const [only] = args.map(variantOf);
  if (name.toLowerCase() === 'table' && args.length === 1 && only?.tag === 'function') {
    return readFunction(treeOf(only.body), adapt);
  }
  const extra = unread(at, ['args', 'no_parens', 'quoted']);
  if (name.includes(' ')) {
    return opaqueFrom(name.toLowerCase(), undefined);
  }
  return {
    kind: 'function',
    name: functionName([{ name, quoted: at['quoted'] === true }]),
    args: [
      ...args.map((arg) => readTableArgument(arg, adapt)),
      ...(extra.length > 0 ? [opaque(`a table function with ${extra.join(', ')}`)] : []),
    ],
    columnAliases: [],
  };
}

function readTableArgument(node: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  return tag === 'named_argument'
    ? namedArgument(readIdent(at['name']).name.toLowerCase(), adapt.expr(at['value']))
    : adapt.expr(node);
}

function readLateral(at: Tree, adapt: Adapt): FromItem {
  const item = adapt.from(at['this']);
  const name = textOf(at['alias']);
  const columnAliases = listOf(at['column_aliases']).map(
    (column): Ident => ({ name: textOf(column), quoted: false }),
  );
  if (unread(at, ['this', 'alias', 'alias_quoted', 'column_aliases']).length > 0) {
    return opaqueFrom('a lateral form', { name });
  }
  const alias = name === '' ? {} : { alias: { name, quoted: at['alias_quoted'] === true } };
  if (item.kind === 'derived') {
    return { ...item, lateral: true, ...alias, columnAliases };
  }
  return item.kind === 'function'
    ? { ...item, ...alias, columnAliases }
    : opaqueFrom('a lateral form', { name });
}

/** Hive's LATERAL VIEW. */
export function readLateralView(left: FromItem, node: unknown, adapt: Adapt): FromItem {
  const view = treeOf(node);
  const { tag } = variantOf(view['this']);
  const call = adapt.expr(view['this']);
  const right: FromItem = {
    kind: 'function',
    name: call.kind === 'call' ? call.name : tag,
    args: call.kind === 'call' ? call.args : [call],
    ...(isPresent(view['table_alias']) && { alias: readIdent(view['table_alias']) }),
    columnAliases: listOf(view['column_aliases']).map(readIdent),
  };
  return view['outer'] === true
    ? { kind: 'join', join: 'left', left, right, on: literal('boolean', 'true'), natural: false }
    : { kind: 'join', join: 'cross', left, right, natural: false };
}
