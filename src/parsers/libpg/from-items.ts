import type { FromItem, JoinKind } from '../../sql/ir.ts';
import { opaque } from '../make-expr.ts';
import { everythingFrom } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { identOf, readAlias, readIdents, readRelation } from './names.ts';

/** One item of a FROM clause, as PostgreSQL itself reads it. */
export function readFromItem(node: unknown, adapt: Adapt): FromItem {
  const { tag, body } = variantOf(node);
  const at = treeOf(body);
  switch (tag) {
    case 'RangeVar':
      return readTable(at);
    case 'RangeSubselect':
      return {
        kind: 'derived',
        query: adapt.query(at['subquery']),
        lateral: at['lateral'] === true,
        ...readAlias(at['alias']),
      };
    case 'JoinExpr':
      return readJoin(at, adapt);
    case 'RangeFunction':
      return readFunction(at, adapt);
    case 'RangeTableSample': {
      const sampled = readFromItem(at['relation'], adapt);
      return sampled.kind === 'table'
        ? { ...sampled, modifiers: [...sampled.modifiers, 'tablesample'] }
        : { kind: 'opaque-from', because: 'a sample' };
    }
    case 'RangeTableFunc':
      return readSpecial('xmltable', [at['docexpr'], at['rowexpr']], { at, adapt });
    case 'JsonTable':
      return readSpecial('json_table', [treeOf(at['context_item'])['raw_expr']], { at, adapt });
    default:
      return { kind: 'opaque-from', because: `${tag || 'an unknown form'} in from` };
  }
}

/** The table of a RangeVar. */
export function readTable(at: Tree): FromItem {
  return {
    kind: 'table',
    path: readRelation(at),
    ...readAlias(at['alias']),
    modifiers: at['inh'] === true ? [] : ['only'],
  };
}

const KINDS: Readonly<Record<string, JoinKind>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
};

function readJoin(at: Tree, adapt: Adapt): FromItem {
  const kind = KINDS[textOf(at['jointype'])];
  const using = readIdents(at['usingClause']);
  const isBare = using.length === 0 && at['isNatural'] !== true && !isPresent(at['quals']);
  const join: FromItem = {
    kind: 'join',
    join: kind === 'inner' && isBare ? 'cross' : (kind ?? 'cross'),
    left: adapt.from(at['larg']),
    right: adapt.from(at['rarg']),
    ...(isPresent(at['quals']) && { on: adapt.expr(at['quals']) }),
    ...(using.length > 0 && { using }),
    natural: at['isNatural'] === true,
    ...(kind === undefined && { on: opaque('a join of an unknown kind') }),
  };
  return isPresent(at['alias'])
    ? { kind: 'derived', query: everythingFrom(join), lateral: false, ...readAlias(at['alias']) }
    : join;
}

/** `f(x)`, `ROWS FROM (f(x), g(y))`; column definitions change values, so they mark the function. */
function readFunction(at: Tree, adapt: Adapt): FromItem {
  const lists = listOf(at['functions']).map((node) =>
    listOf(treeOf(treeOf(node)['List'])['items']),
  );
  const [first, ...more] = lists;
  const read = adapt.expr(first?.[0]);
  const isTyped = isPresent(at['coldeflist']) || lists.some(([, columns]) => isFilled(columns));
  const isCall = read.kind === 'call' && read.modifiers.length === 0 && read.over === undefined;
  const isPlain = more.length === 0 && isCall;
  return {
    kind: 'function',
    name: isPlain ? read.name : 'rows from',
    args: [
      ...(isPlain ? read.args : lists.map(([call]) => adapt.expr(call))),
      ...(isTyped ? [opaque('column aliases with types')] : []),
    ],
    ...readAlias(at['alias']),
    ...(isPresent(at['coldeflist']) && { columnAliases: definedNames(at['coldeflist']) }),
    ...(at['ordinality'] === true && { ordinality: true }),
  };
}

function isFilled(node: unknown): boolean {
  return Object.keys(treeOf(node)).length > 0;
}

function definedNames(nodes: unknown) {
  return listOf(nodes).map((node) => identOf(textOf(treeOf(treeOf(node)['ColumnDef'])['colname'])));
}

function readSpecial(
  name: string,
  args: readonly unknown[],
  { at, adapt }: { readonly at: Tree; readonly adapt: Adapt },
): FromItem {
  return {
    kind: 'function',
    name,
    args: [opaque(`${name} with columns of its own`, args.filter(isPresent).map(adapt.expr))],
    ...readAlias(at['alias']),
  };
}
