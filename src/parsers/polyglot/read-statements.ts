import type { DialectName } from '../../sql/dialect.ts';
import type { Expr, Statement } from '../../sql/ir.ts';
import { bindingOf } from '../precedence.ts';
import { GrammarError } from '../reader.ts';
import { reassociate } from '../reassociate.ts';
import { listOf } from '../tree.ts';
import type { Adapt } from './adapt.ts';
import { readExpr } from './exprs.ts';
import { readFromItem } from './from-items.ts';
import { readQuery } from './queries.ts';
import { readStatement } from './statements.ts';

/** The library's list of statements as IR; throws `GrammarError` where there is none in the text. */
export function readStatements(nodes: unknown, dialect: DialectName): readonly Statement[] {
  const grouped = new WeakSet<Expr>();
  const parts = { grouped, binding: bindingOf(dialect) };
  const adapt: Adapt = {
    dialect,
    expr: (node) => reassociate(readExpr(node, adapt), parts),
    operand: (node) => readExpr(node, adapt),
    group(expr) {
      grouped.add(expr);
      return expr;
    },
    query: (node) => readQuery(node, adapt),
    from: (node) => readFromItem(node, adapt),
  };
  return listOf(nodes).map((node) => {
    const statement = readStatement(node, adapt);
    if (statement === undefined) {
      throw new GrammarError('it reads no statement in it');
    }
    return statement;
  });
}
