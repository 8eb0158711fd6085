import type { Statement } from '../../sql/ir.ts';
import { listOf, treeOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readExpr } from './exprs.ts';
import { readFromItem } from './from-items.ts';
import { readQuery } from './queries.ts';
import { readStatement } from './statements.ts';

/** PostgreSQL's own tree of a text as IR. */
export function readStatements(result: unknown): readonly Statement[] {
  const adapt: Adapt = {
    expr: (node) => readExpr(node, adapt),
    query: (node) => readQuery(node, adapt),
    from: (node) => readFromItem(node, adapt),
  };
  return listOf(treeOf(result)['stmts']).map((entry) =>
    readStatement(treeOf(entry)['stmt'], adapt),
  );
}
