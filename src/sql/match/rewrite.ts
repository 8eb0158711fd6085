import type { BoundExpr, BoundQuery } from '../bound.ts';
import type { JoinTree, NormalQuery } from '../normal-query.ts';
import { normalize } from '../normalize/normalize.ts';
import { replaceIn } from '../normalize/replace-in.ts';
import { toBound } from '../normalize/to-bound.ts';
import { expressionsOf, queryIn, refsIn, sourcesOf } from '../normalize/walk.ts';
import type { Partial } from './answer-by-union.ts';
import { answerByUnion } from './answer-by-union.ts';
import { answerMore } from './answer-more.ts';
import type { BlockHit } from './block-request.ts';
import { rowsOf, tablesOf } from './mart-index.ts';
import { costOf, matchBlock } from './match-block.ts';
import type { PreparedMart } from './prepared.ts';
import { prepareBlock } from './prepared.ts';
import { reuseWhole } from './reuse-whole.ts';
import type { Rewriting } from './rewriting.ts';
import { withBlock } from './with-block.ts';

/** Tried per block; the index has left only marts over the same tables. */
const MOST_MARTS = 100;
/** The smallest marts come first; after so many that answer, no better one is looked for. */
const ENOUGH_HITS = 2;

/** The query with its largest parts that marts can answer read from them; the same query where none can. */
export function rewrite(query: NormalQuery, rewriting: Rewriting): NormalQuery {
  return (
    reuseWhole(query, rewriting) ?? answerBlock(query, rewriting) ?? rewriteParts(query, rewriting)
  );
}

function answerBlock(query: NormalQuery, rewriting: Rewriting): NormalQuery | undefined {
  const { body } = query;
  if (body.kind !== 'block' || body.block.barriers.some((barrier) => barrier !== 'window')) {
    return undefined;
  }
  const prepared = prepareBlock(body.block);
  const orderBy = query.orderBy.map((item) => item.expr);
  const shortlist = rewriting.index.shortlist(prepared, { tables: tablesOf(query), orderBy });
  rewriting.misses.push(
    ...shortlist.misses.map(({ mart, miss }) => ({ mart: mart.view.relation, miss })),
  );
  const hits: { readonly mart: PreparedMart; readonly hit: BlockHit }[] = [];
  const partial: Partial[] = [];
  for (const mart of shortlist.marts.slice(0, MOST_MARTS)) {
    const outcome = matchBlock({
      query: prepared,
      orderBy,
      mart,
      isFarFetched: shortlist.isShort,
      types: rewriting.index.types,
      dialect: rewriting.dialect,
      mayApproximate: isTop(query, rewriting),
      nextOcc: rewriting.nextOcc,
    });
    if (outcome.kind === 'hit') {
      hits.push({ mart, hit: outcome });
      if (hits.length >= ENOUGH_HITS) {
        break;
      }
    } else {
      rewriting.misses.push({ mart: mart.view.relation, miss: outcome });
      partial.push({ mart, lacking: outcome.lacking ?? [] });
    }
  }
  const [best] = hits.toSorted(
    (a, b) => costOf(a.hit) - costOf(b.hit) || rowsOf(a.mart) - rowsOf(b.mart),
  );
  if (best === undefined) {
    return answerByUnion(query, {
      prepared,
      partial,
      rewriting,
      mayApproximate: isTop(query, rewriting),
      rest: rewrite,
    });
  }
  rewriting.used.add(best.mart);
  rewriting.entries.push(...best.hit.entries);
  const answered = withBlock(query, best.hit);
  return best.hit.readsBase ? answerMore(answered, { rewriting, joined: [best.mart] }) : answered;
}

/** True for the statement's own block without a limit: nothing is decided by a last digit. */
function isTop(query: NormalQuery, { statement }: Rewriting): boolean {
  return (
    query === statement &&
    query.limit === undefined &&
    query.body.kind === 'block' &&
    !query.body.block.distinct
  );
}

function rewriteParts(query: NormalQuery, rewriting: Rewriting): NormalQuery {
  const { body } = query;
  switch (body.kind) {
    case 'opaque':
      return query;
    case 'set':
      return {
        ...query,
        body: {
          ...body,
          left: rewrite(body.left, rewriting),
          right: rewrite(body.right, rewriting),
        },
      };
    case 'block': {
      const over = (expr: BoundExpr): BoundExpr => rewriteInside(expr, rewriting);
      const { block } = body;
      return {
        ...query,
        body: {
          kind: 'block',
          block: {
            ...block,
            from: rewriteTree(block.from, rewriting),
            where: block.where.map(over),
            having: block.having.map(over),
            items: block.items.map((item) => ({ ...item, expr: over(item.expr) })),
          },
        },
      };
    }
  }
}

function rewriteTree(tree: JoinTree, rewriting: Rewriting): JoinTree {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return tree;
    case 'query':
      return { ...tree, query: rewrite(tree.query, rewriting) };
    case 'inner':
      return { ...tree, members: tree.members.map((member) => rewriteTree(member, rewriting)) };
    case 'outer':
      return {
        ...tree,
        left: rewriteTree(tree.left, rewriting),
        right: rewriteTree(tree.right, rewriting),
        on: tree.on.map((expr) => rewriteInside(expr, rewriting)),
      };
  }
}

/** Subqueries inside an expression that read nothing from around them are statements of their own. */
function rewriteInside(expr: BoundExpr, rewriting: Rewriting): BoundExpr {
  return replaceIn(expr, (part) => {
    const query = queryIn(part);
    if (query === undefined || !standsAlone(query)) {
      return undefined;
    }
    const before = rewriting.used.size + rewriting.entries.length;
    const rewritten = rewrite(normalize(query), rewriting);
    if (rewriting.used.size + rewriting.entries.length === before) {
      return part.kind === 'in-query' ? undefined : part;
    }
    const inner = toBound(rewritten);
    if (part.kind === 'in-query') {
      return { ...part, operand: rewriteInside(part.operand, rewriting), query: inner };
    }
    return part.kind === 'exists' ? { ...part, query: inner } : { kind: 'subquery', query: inner };
  });
}

function standsAlone(query: BoundQuery): boolean {
  const own = new Set([
    0,
    ...sourcesOf(query).flatMap((from) => (from.kind === 'join' ? [] : [from.occ])),
  ]);
  return expressionsOf(query)
    .flatMap(refsIn)
    .every((ref) => own.has(ref.occ));
}
