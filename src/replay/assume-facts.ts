import { obligationKey } from '../candidates/join-star.ts';
import type { CycleInput } from '../decide/cycle-input.ts';
import { wantFacts } from '../decide/want-facts.ts';
import type { Obligation } from '../marts/mart.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';

/** How a fact nobody can measure here is taken. */
export type Assumed = 'holds' | 'fails' | 'unknown';

export interface AssumeParts {
  readonly schema: SchemaSnapshot;
  /** Take every key a join needs for one. */
  readonly assumeKeys: boolean;
}

/** What was assumed so far, by obligation. */
export type Assumptions = ReadonlyMap<
  string,
  { readonly obligation: Obligation; readonly as: Assumed }
>;

const MOST_ROUNDS = 4;

/**
 * Answers what the decision would have the daemon measure. Declared keys and references are taken to hold. A reference
 * nobody declared is taken to have orphans, so that the mart keeps all rows by an outer join. A key nobody declared
 * stays unknown, and what rests on it stays refused until it is proved.
 */
export function assumeFacts(
  known: CycleInput,
  { before, ...parts }: AssumeParts & { readonly before: Assumptions },
): { readonly input: CycleInput; readonly assumptions: Assumptions } {
  let assumptions = before;
  let input = withAssumed(known, assumptions);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fresh = wantFacts(input).obligations.filter(
      (each) => !assumptions.has(obligationKey(each)),
    );
    if (fresh.length === 0) {
      break;
    }
    assumptions = new Map([
      ...assumptions,
      ...fresh.map(
        (obligation) =>
          [obligationKey(obligation), { obligation, as: assume(obligation, parts) }] as const,
      ),
    ]);
    input = withAssumed(known, assumptions);
  }
  return { input, assumptions };
}

/** How one fact is taken. */
export function assume(obligation: Obligation, { schema, assumeKeys }: AssumeParts): Assumed {
  const relationOf = (id: string) => schema.relations.find((relation) => relation.id === id);
  switch (obligation.kind) {
    case 'unique-key': {
      const isDeclared = relationOf(obligation.relation)?.keys.some(({ columns }) =>
        columns.every((column) => obligation.columns.includes(column)),
      );
      return isDeclared === true || assumeKeys ? 'holds' : 'unknown';
    }
    case 'not-null':
      return relationOf(obligation.relation)?.columns.some(
        ({ name, notNull }) => name === obligation.column && notNull,
      )
        ? 'holds'
        : 'fails';
    case 'inclusion':
      return isReference(relationOf(obligation.from), obligation) ? 'holds' : 'fails';
  }
}

function isReference(
  from: SchemaRelation | undefined,
  wanted: Extract<Obligation, { readonly kind: 'inclusion' }>,
): boolean {
  const pairs = pairsOf(wanted.fromColumns, wanted.toColumns);
  return (
    from?.foreignKeys.some(
      ({ columns, references, referencedColumns }) =>
        references === wanted.to && pairsOf(columns, referencedColumns) === pairs,
    ) ?? false
  );
}

function pairsOf(from: readonly string[], to: readonly string[]): string {
  const pairs = from.map((column, at) => JSON.stringify([column, to[at] ?? '']));
  return pairs.toSorted().join(' ');
}

function withAssumed(known: CycleInput, assumptions: Assumptions): CycleInput {
  const all = [...assumptions.values()];
  const held = all.filter(({ as }) => as === 'holds').map(({ obligation }) => obligation);
  return {
    ...known,
    facts: {
      ...known.facts,
      source: 'assumed by a replay',
      uniqueKeys: held.filter((one) => one.kind === 'unique-key'),
      inclusions: held.filter((one) => one.kind === 'inclusion'),
      notNull: held.filter((one) => one.kind === 'not-null'),
    },
    factsChecked: all.filter(({ as }) => as !== 'unknown').map(({ obligation }) => obligation),
  };
}
