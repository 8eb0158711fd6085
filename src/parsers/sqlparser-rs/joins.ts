import type { FromItem, JoinKind } from '../../sql/ir.ts';
import { binary, literal } from '../make-expr.ts';
import { camelToWords, isPresent, listOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readObjectName } from './names.ts';

const KINDS: Readonly<Record<string, JoinKind>> = {
  Join: 'inner',
  Inner: 'inner',
  StraightJoin: 'inner',
  Left: 'left',
  LeftOuter: 'left',
  Right: 'right',
  RightOuter: 'right',
  FullOuter: 'full',
  CrossJoin: 'cross',
  Semi: 'semi',
  LeftSemi: 'semi',
  Anti: 'anti',
  LeftAnti: 'anti',
};

/** `a JOIN b ... JOIN c ...`, left to right. */
export function readTableWithJoins(node: unknown, adapt: Adapt): FromItem {
  const { relation, joins } = treeOf(node);
  return listOf(joins).reduce<FromItem>(
    (left, join) => readJoin(left, join, adapt),
    adapt.from(relation),
  );
}

function readJoin(left: FromItem, node: unknown, adapt: Adapt): FromItem {
  const join = treeOf(node);
  const { tag, body } = variantOf(join['join_operator']);
  const right = adapt.from(join['relation']);
  if (isPresent(join['global'])) {
    return unreadJoin('global', { left, right });
  }
  switch (tag) {
    case 'AsOf': {
      const { match_condition: match, constraint } = treeOf(body);
      const asof = withConstraint({ join: 'asof', left, right }, constraint, adapt);
      const condition = adapt.expr(match);
      return { ...asof, on: asof.on ? binary('and', asof.on, condition) : condition };
    }
    case 'RightSemi':
    case 'RightAnti': {
      const join = tag === 'RightSemi' ? 'semi' : 'anti';
      return withConstraint({ join, left: right, right: left }, body, adapt);
    }
    default: {
      const kind = KINDS[tag];
      return kind === undefined
        ? unreadJoin(camelToWords(tag), { left, right })
        : withConstraint({ join: kind, left, right }, body, adapt);
    }
  }
}

interface Sides {
  readonly left: FromItem;
  readonly right: FromItem;
}

type Join = Extract<FromItem, { kind: 'join' }>;

function withConstraint(
  sides: Sides & { readonly join: JoinKind },
  node: unknown,
  adapt: Adapt,
): Join {
  const { tag, body } = variantOf(node);
  const base = { kind: 'join', ...sides, natural: tag === 'Natural' } as const;
  switch (tag) {
    case 'On':
      return { ...base, join: sides.join === 'cross' ? 'inner' : sides.join, on: adapt.expr(body) };
    case 'Using':
      return {
        ...base,
        using: listOf(body).flatMap((name) => readObjectName(name, adapt.dialect)?.slice(-1) ?? []),
      };
    default:
      return base;
  }
}

/** A join we do not know keeps both sides visible, under a condition nobody can match. */
function unreadJoin(words: string, sides: Sides): FromItem {
  const because = `${words} join`;
  return {
    kind: 'join',
    join: 'cross',
    ...sides,
    natural: false,
    on: { kind: 'opaque', because, inside: [literal('string', because)] },
  };
}
