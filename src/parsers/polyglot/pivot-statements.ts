import type { Expr, FromItem, Path, Query, SelectItem } from '../../sql/ir.ts';
import { opaque, STAR } from '../make-expr.ts';
import { everythingFrom } from '../make-query.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readIdent } from './names.ts';

/** DuckDB's PIVOT and UNPIVOT as statements: the columns they make depend on what the table holds. */
export function readPivotStatement(at: Tree, adapt: Adapt): Query {
  const unpivot = at['unpivot'] === true;
  const grouped = listOf(treeOf(treeOf(at['group'])['group'])['expressions']).map(adapt.expr);
  const columns = listOf(at['expressions']).map(adapt.expr);
  const because = unpivot ? 'unpivoted into rows' : 'a pivot over values not in the text';
  return everythingFrom({
    kind: 'pivot',
    source: readSource(at['this'], adapt),
    unpivot,
    aggregates: listOf(at['using']).map((item) => readAggregate(item, adapt)),
    columns: [opaque(because, [...columns, ...grouped])],
    makes: unpivot ? namesOf(at['into']) : [],
  });
}

/** SUMMARIZE: a row of statistics for each column. */
export function readSummarize(at: Tree, adapt: Adapt): Query {
  const query = everythingFrom(readSource(at['this'], adapt));
  const items = [{ expr: opaque('summarize', [STAR]) }];
  return query.body.kind === 'select' ? { ...query, body: { ...query.body, items } } : query;
}

/** A table stands there as a column of its name. */
function readSource(node: unknown, adapt: Adapt): FromItem {
  const { tag, body } = variantOf(node);
  if (tag === 'select' || tag === 'union') {
    return { kind: 'derived', query: adapt.query(node), lateral: false, columnAliases: [] };
  }
  const named: Expr | undefined = tag === 'column' ? adapt.expr(node) : undefined;
  const path: Path = named?.kind === 'column' ? named.path : [];
  return path.length > 0
    ? { kind: 'table', path, columnAliases: [], modifiers: [] }
    : adapt.from(isPresent(body) ? node : { table: {} });
}

function readAggregate(node: unknown, adapt: Adapt): SelectItem {
  const { tag, body } = variantOf(node);
  const { this: inner, alias } = treeOf(body);
  return tag === 'alias'
    ? { expr: adapt.expr(inner), alias: readIdent(alias) }
    : { expr: adapt.expr(node) };
}

/** `INTO NAME n VALUE v`. */
function namesOf(node: unknown) {
  const { this: name, expressions } = treeOf(treeOf(node)['unpivot_columns']);
  return [name, ...listOf(expressions)].flatMap((part) => {
    const text = textOf(treeOf(treeOf(part)['var'])['this']);
    return text === '' ? [] : [{ name: text, quoted: false }];
  });
}
