import type { RelationId } from '../base/relation.ts';
import type { BoundExpr, BoundQuery } from '../sql/bound.ts';
import type { Ref } from '../sql/normalize/walk.ts';
import {
  expressionsOf,
  partsOf,
  queryIn,
  refsIn,
  someExpr,
  sourcesOf,
} from '../sql/normalize/walk.ts';

/** Literals that stand in statements, as their texts. */
export interface LiteralTexts {
  readonly numbers: readonly string[];
  readonly strings: readonly string[];
  /** Days, with their time where one is written. */
  readonly dates: readonly string[];
}

export interface SeenLiterals extends LiteralTexts {
  /** Those that stand in one condition with a column, by `columnKey`. */
  readonly ofColumn?: ReadonlyMap<string, LiteralTexts>;
  /** Columns that a condition sets equal to a column, both by `columnKey`. */
  readonly equated?: ReadonlyMap<string, readonly string[]>;
  /** The type a column is cast to, by `columnKey`: its texts must be such values. */
  readonly castTo?: ReadonlyMap<string, string>;
}

export function columnKey(relation: RelationId, column: string): string {
  return `${relation}\n${column}`;
}

/** The literals of some queries; strings that look like dates count as both. */
export function literalsOf(queries: readonly BoundQuery[]): SeenLiterals {
  const all = new LiteralSet();
  const byColumn = new Map<string, LiteralSet>();
  const equated = new Map<string, readonly string[]>();
  const castTo = new Map<string, string>();
  for (const query of queries) {
    const relations = new Map(
      sourcesOf(query).flatMap((from) =>
        from.kind === 'table' ? [[from.occ, from.relation] as const] : [],
      ),
    );
    const keyOf = ({ occ, column }: Ref): readonly string[] => {
      const relation = relations.get(occ);
      return relation === undefined ? [] : [columnKey(relation, column)];
    };
    for (const expr of expressionsOf(query)) {
      all.addFrom(expr);
      someExpr(expr, (part) => {
        if (part.kind === 'cast' && part.operand.kind === 'ref') {
          for (const key of keyOf(part.operand)) {
            castTo.set(key, part.type);
          }
        }
        return false;
      });
      for (const condition of conditionsIn(expr)) {
        const keys = refsIn(condition).flatMap(keyOf);
        for (const key of keys) {
          const near = byColumn.get(key) ?? new LiteralSet();
          byColumn.set(key, near);
          near.addFrom(condition);
        }
        const [one, other] = keys;
        if (isEquation(condition) && one !== undefined && other !== undefined) {
          equated.set(one, [...(equated.get(one) ?? []), other]);
          equated.set(other, [...(equated.get(other) ?? []), one]);
        }
      }
    }
  }
  return {
    ...all.texts(),
    ofColumn: new Map(
      [...byColumn].flatMap(([key, near]) => (near.isEmpty() ? [] : [[key, near.texts()]])),
    ),
    equated,
    castTo,
  };
}

function isEquation(expr: BoundExpr): boolean {
  return (
    expr.kind === 'binary' &&
    expr.op === '=' &&
    expr.left.kind === 'ref' &&
    expr.right.kind === 'ref'
  );
}

class LiteralSet {
  readonly #numbers = new Set<string>();
  readonly #strings = new Set<string>();
  readonly #dates = new Set<string>();

  addFrom(expr: BoundExpr): void {
    someExpr(expr, (part) => {
      if (part.kind === 'literal') {
        this.#add(part);
      }
      return false;
    });
  }

  #add({ type, text }: Extract<BoundExpr, { kind: 'literal' }>): void {
    const moment = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?/.exec(text)?.[0];
    if (type === 'number') {
      this.#numbers.add(text);
    } else if (type === 'string') {
      this.#strings.add(text);
    }
    if (moment !== undefined) {
      this.#dates.add(moment);
    }
  }

  isEmpty(): boolean {
    return this.#numbers.size + this.#strings.size + this.#dates.size === 0;
  }

  texts(): LiteralTexts {
    return {
      numbers: [...this.#numbers],
      strings: [...this.#strings],
      dates: [...this.#dates],
    };
  }
}

const COMPARING: ReadonlySet<BoundExpr['kind']> = new Set([
  'between',
  'in-list',
  'is',
  'call',
  'quantified',
]);

/** The smallest comparisons of an expression, however deep, those of queries inside it too. */
function conditionsIn(expr: BoundExpr): readonly BoundExpr[] {
  if (expr.kind === 'binary' && expr.op !== 'and' && expr.op !== 'or') {
    return [expr];
  }
  const inner = [...partsOf(expr), ...innerExpressions(expr)].flatMap(conditionsIn);
  return inner.length === 0 && COMPARING.has(expr.kind) ? [expr] : inner;
}

function innerExpressions(expr: BoundExpr): readonly BoundExpr[] {
  const query = queryIn(expr);
  return query === undefined ? [] : expressionsOf(query);
}
