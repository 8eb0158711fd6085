import type { RelationId } from '../base/relation.ts';
import type { Obligation } from './mart.ts';

/** The columns an obligation speaks of, by relation: it holds or not by these alone. */
export function obligationColumns(
  obligation: Obligation,
): readonly { readonly relation: RelationId; readonly names: readonly string[] }[] {
  switch (obligation.kind) {
    case 'unique-key':
      return [{ relation: obligation.relation, names: obligation.columns }];
    case 'not-null':
      return [{ relation: obligation.relation, names: [obligation.column] }];
    case 'inclusion':
      return [
        { relation: obligation.from, names: obligation.fromColumns },
        { relation: obligation.to, names: obligation.toColumns },
      ];
  }
}
