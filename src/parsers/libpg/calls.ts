import type { Expr } from '../../sql/ir.ts';
import { binary, call, literal, opaque, STAR } from '../make-expr.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, unreadFields, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readNames } from './names.ts';
import { readOrderItems, readWindow } from './windows.ts';

const CALL_FIELDS = new Set([
  'funcname',
  'args',
  'agg_order',
  'agg_filter',
  'over',
  'agg_within_group',
  'agg_star',
  'agg_distinct',
  'funcformat',
  'location',
]);

/** A FuncCall: of a function, an aggregate, or of what the standard has words for. */
export function readCall(at: Tree, adapt: Adapt): Expr {
  const args = listOf(at['args']).map((arg) => readArgument(arg, adapt));
  if (at['funcformat'] === 'COERCE_SQL_SYNTAX') {
    return readWords(readNames(at['funcname']).at(-1) ?? '', args);
  }
  const orderBy = readOrderItems(at['agg_order'], adapt);
  const filter = isPresent(at['agg_filter']) ? adapt.expr(at['agg_filter']) : undefined;
  const unread = unreadFields(at, CALL_FIELDS);
  if (unread.length > 0) {
    const insides = [...args, ...orderBy.map(({ expr }) => expr), ...(filter ? [filter] : [])];
    return opaque(`a call with ${unread.join(', ')}`, insides);
  }
  return {
    kind: 'call',
    name: readNames(at['funcname']).join('.'),
    args: at['agg_star'] === true ? [STAR] : args,
    distinct: at['agg_distinct'] === true,
    ...(filter && { filter }),
    ...(isPresent(at['over']) && { over: readWindow(overOf(at), adapt) }),
    orderBy,
    modifiers: [
      ...listOf(at['args']).flatMap((arg, index) => {
        const name = nameOf(arg);
        return name === undefined ? [] : [`argument ${index + 1} is ${name}`];
      }),
      ...(at['agg_within_group'] === true ? ['within group'] : []),
    ],
  };
}

/** `OVER w` names a window; `OVER (w ...)` refers to one. */
function overOf(at: Tree): Tree {
  return treeOf(treeOf(at['over'])['WindowDef'] ?? at['over']);
}

function nameOf(arg: unknown): string | undefined {
  const { tag, body } = variantOf(arg);
  return tag === 'NamedArgExpr' ? textOf(treeOf(body)['name']) : undefined;
}

function readArgument(arg: unknown, adapt: Adapt): Expr {
  const { tag, body } = variantOf(arg);
  return adapt.expr(tag === 'NamedArgExpr' ? treeOf(body)['arg'] : arg);
}

/** `EXTRACT(year FROM d)`, `d AT TIME ZONE z`, `TRIM(BOTH x FROM y)`: calls written in words. */
function readWords(name: string, args: readonly Expr[]): Expr {
  const [first, second] = args;
  switch (name) {
    case 'extract':
      return first?.kind === 'literal' && second
        ? { kind: 'extract', part: first.text.toLowerCase(), from: second }
        : opaque('extract of a computed part', args);
    case 'timezone':
      return first && second
        ? binary('at time zone', second, first)
        : opaque('at a zone of its own', args);
    case 'overlaps':
      return opaque('operator overlaps', args);
    case 'position':
      return call('position', second && first ? [second, first] : args, ['in']);
    case 'substring':
      return second?.kind === 'literal' && second.type !== 'number'
        ? opaque('a substring by a pattern', args)
        : call('substring', args);
    case 'overlay':
      return call('overlay', args, ['placing']);
    case 'btrim':
      return args.length === 1 ? call('trim', args) : call('trim', args, ['both from']);
    case 'ltrim':
    case 'rtrim':
      return args.length === 1
        ? call(name, args)
        : call('trim', args, [name === 'ltrim' ? 'leading from' : 'trailing from']);
    default:
      return opaque(`${name} in words`, args.length > 0 ? args : [literal('null', 'null')]);
  }
}
