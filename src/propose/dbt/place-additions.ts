import type { BoundFrom, BoundQuery, BoundSelect } from '../../sql/bound.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { sourcesOf } from '../../sql/normalize/walk.ts';
import { quoteName } from '../../sql/print/quote-name.ts';
import { leavesOf } from '../../sql/resolve/occurrences.ts';
import { holdsAggregate } from '../../sql/resolve/walk-expr.ts';
import type { Addition } from './addition.ts';
import { sourceAlias } from './source-alias.ts';
import {
  type ModelText,
  type TextCte,
  type TextQuery,
  type TextSelect,
  type TextSource,
  Unreadable,
} from './text-query.ts';
import { ctesByName } from './tree-parts.ts';

/** Items to be written at the end of select lists. */
export type Placed = ReadonlyMap<TextSelect, readonly string[]>;

/**
 * Finds where columns are to be written so that they reach the output: in the select that groups, or the last one, and in each CTE
 * between it and the source. Throws `Unreadable` where a way is not the only one.
 */
export function placeAdditions(
  additions: readonly Addition[],
  parts: { readonly text: ModelText; readonly bound: BoundQuery; readonly dialect: DialectName },
): Placed {
  const placing = new Placing(parts);
  for (const addition of additions) {
    placing.give(addition, parts.text.query, parts.bound);
  }
  return placing.placed;
}

type Leaf = Exclude<BoundFrom, { readonly kind: 'join' }>;

interface Here {
  readonly select: TextSelect;
  readonly body: BoundSelect;
  readonly outputs: readonly string[];
}

class Placing {
  readonly placed = new Map<TextSelect, readonly string[]>();
  readonly #text: ModelText;
  readonly #dialect: DialectName;
  readonly #ctes: ReadonlyMap<string, TextCte>;

  constructor({ text, dialect }: { readonly text: ModelText; readonly dialect: DialectName }) {
    this.#text = text;
    this.#dialect = dialect;
    this.#ctes = ctesByName(text.query);
  }

  /** Makes a query give the column; returns the name it gives it by. */
  give(addition: Addition, text: TextQuery | undefined, bound: BoundQuery): string {
    const [member, ...more] = text?.members ?? [];
    if (member?.kind === 'nested' && more.length === 0) {
      return this.give(addition, member.query, bound);
    }
    if (member?.kind !== 'select' || more.length > 0 || bound.body.kind !== 'select') {
      throw new Unreadable('a set operation, or something else that is no plain SELECT');
    }
    const here = { select: member, body: bound.body, outputs: bound.outputs };
    if (bound.body.distinct !== undefined || bound.body.opaqueClauses.length > 0) {
      throw new Unreadable('DISTINCT rows, which another column would change');
    }
    const given = addition.aggregate === undefined ? givenAlready(addition, here) : undefined;
    return given ?? this.#add(addition, here);
  }

  #add(addition: Addition, here: Here): string {
    const { aggregate } = addition;
    const groups = isGrouping(here.body);
    if (aggregate === undefined && groups) {
      throw new Unreadable('a column that would have to be grouped by');
    }
    if (aggregate !== undefined && groups) {
      const argument = addition.column === undefined ? '*' : this.#carried(addition, here);
      const text = `${aggregate.name}(${aggregate.distinct ? 'distinct ' : ''}${argument})`;
      return this.#append(here, text, addition.name);
    }
    const { leaf, source } = this.#wayTo(addition, here);
    if (leaf.kind === 'table') {
      return this.#append(here, this.#named(here, source, addition.column ?? ''), addition.name);
    }
    const inner = this.#through(addition, leaf, source);
    const isStarred = here.body.items.some(
      ({ fromStar, expr }) => fromStar && expr.kind === 'ref' && expr.occ === leaf.occ,
    );
    return isStarred ? inner : this.#append(here, this.#named(here, source, inner), addition.name);
  }

  /** A column as an expression of this select may name it. */
  #carried({ name, relation, column = '' }: Addition, here: Here): string {
    const plain = { name: column === '' ? name : column, relation, column };
    const { leaf, source } = this.#wayTo(plain, here);
    const inner = leaf.kind === 'table' ? column : this.#through(plain, leaf, source);
    return this.#named(here, source, inner);
  }

  #through(addition: Addition, leaf: Leaf, source: TextSource): string {
    if (leaf.kind !== 'derived') {
      throw new Unreadable('a source that is no query of this file');
    }
    const cte = leaf.origin === 'cte' ? this.#ctes.get((leaf.name ?? '').toLowerCase()) : undefined;
    if (cte?.hasColumnList === true) {
      throw new Unreadable('a WITH that lists its columns');
    }
    return this.give(addition, cte?.query ?? source.query, leaf.query);
  }

  /** The only source of a select that leads to the relation. */
  #wayTo({ relation }: Addition, { select, body }: Here) {
    const leaves = leavesOf(body.from);
    if (
      leaves.length !== select.sources.length ||
      select.sources.some(({ join }) => join === 'right')
    ) {
      throw new Unreadable('a FROM whose sources could not be told apart');
    }
    const ways = leaves.flatMap((leaf, at) => {
      const source = select.sources[at];
      const leads =
        leaf.kind === 'table'
          ? leaf.relation === relation
          : leaf.kind === 'derived' &&
            sourcesOf(leaf.query).some(
              (each) => each.kind === 'table' && each.relation === relation,
            );
      return leads && source !== undefined ? [{ leaf, source }] : [];
    });
    const [way, another] = ways;
    if (way === undefined || another !== undefined) {
      throw new Unreadable(`${another === undefined ? 'no' : 'more than one'} way to ${relation}`);
    }
    return way;
  }

  #named({ select }: Here, source: TextSource, column: string): string {
    const name = quoteName(column, this.#dialect);
    if (select.sources.length === 1) {
      return name;
    }
    const alias = sourceAlias(this.#text.tokens, source);
    if (alias === undefined) {
      throw new Unreadable('a source whose name could not be told');
    }
    return `${alias}.${name}`;
  }

  #append({ select, outputs }: Here, expr: string, name: string): string {
    const text =
      expr === name || expr.endsWith(`.${name}`)
        ? expr
        : `${expr} as ${quoteName(name, this.#dialect)}`;
    const known = this.placed.get(select) ?? [];
    if (known.includes(text)) {
      return name;
    }
    if (outputs.some((each) => each.toLowerCase() === name.toLowerCase())) {
      throw new Unreadable(`another column that is called ${name}`);
    }
    this.placed.set(select, [...known, text]);
    return name;
  }
}

function isGrouping({ groupBy, items }: BoundSelect): boolean {
  return groupBy !== undefined || items.some(({ expr }) => holdsAggregate(expr));
}

/** The output that is the column already. */
function givenAlready({ relation, column }: Addition, { body, outputs }: Here): string | undefined {
  const leaves = leavesOf(body.from);
  const at = body.items.findIndex(({ expr }) => {
    const leaf = expr.kind === 'ref' ? leaves.find(({ occ }) => occ === expr.occ) : undefined;
    return (
      leaf?.kind === 'table' &&
      leaf.relation === relation &&
      expr.kind === 'ref' &&
      expr.column === column
    );
  });
  return at === -1 ? undefined : outputs[at];
}
