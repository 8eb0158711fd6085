import type { RelationId } from '../base/relation.ts';
import { isKnown, type RenameEvidence } from './rename-evidence.ts';

/**
 * What can happen to a schema between two pictures: a closed list. A rename and a move are guesses unless the
 * statement was seen or the warehouse knows the object; `evidence` says what they rest on.
 */
export type SchemaChange =
  | { readonly kind: 'relation-added'; readonly relation: RelationId }
  | { readonly kind: 'relation-removed'; readonly relation: RelationId }
  | {
      readonly kind: 'relation-moved';
      readonly relation: RelationId;
      readonly to: RelationId;
      readonly evidence: readonly RenameEvidence[];
    }
  /** Another object under the same name: dropped and made anew, or a table where a view was. */
  | {
      readonly kind: 'relation-replaced';
      readonly relation: RelationId;
      readonly was: 'table' | 'view';
      readonly is: 'table' | 'view';
    }
  /** A view that says something else, whatever its columns. */
  | { readonly kind: 'definition-changed'; readonly relation: RelationId }
  | ColumnChange
  | KeyChange;

export type ColumnChange =
  | (OfColumn & { readonly kind: 'column-added'; readonly type: string })
  | (OfColumn & { readonly kind: 'column-removed'; readonly type: string })
  | (OfColumn & {
      readonly kind: 'column-renamed';
      readonly to: string;
      readonly evidence: readonly RenameEvidence[];
    })
  /** Every old value is a value of the new type, and compares as before. */
  | (OfColumn & { readonly kind: 'column-widened'; readonly from: string; readonly to: string })
  /** The type changed in a way that may lose values, or make them compare otherwise. */
  | (OfColumn & { readonly kind: 'column-retyped'; readonly from: string; readonly to: string })
  | (OfColumn & { readonly kind: 'nullability-changed'; readonly notNull: boolean });

export interface KeyChange {
  readonly kind: 'key-lost';
  readonly relation: RelationId;
  readonly columns: readonly string[];
}

interface OfColumn {
  readonly relation: RelationId;
  /** As it was called before; of an added column, as it is called now. */
  readonly column: string;
}

/** True where neither a statement seen nor the warehouse itself says so: a person should look. */
export function isGuess(change: SchemaChange): boolean {
  return (
    (change.kind === 'column-renamed' || change.kind === 'relation-moved') &&
    !isKnown(change.evidence)
  );
}

/** One clause for logs and messages. */
export function describeChange(change: SchemaChange): string {
  const { relation } = change;
  switch (change.kind) {
    case 'relation-added':
      return `${relation} is new`;
    case 'relation-removed':
      return `${relation} is gone`;
    case 'relation-moved':
      return `${relation} is now ${change.to}${grounds(change)}`;
    case 'relation-replaced':
      return change.was === change.is
        ? `${relation} was dropped and made anew`
        : `${relation} was a ${change.was} and is a ${change.is}`;
    case 'definition-changed':
      return `the view ${relation} has another definition`;
    case 'column-added':
      return `${relation}.${change.column} (${change.type}) is new`;
    case 'column-removed':
      return `${relation}.${change.column} (${change.type}) is gone`;
    case 'column-renamed':
      return `${relation}.${change.column} is now called ${change.to}${grounds(change)}`;
    case 'column-widened':
      return `${relation}.${change.column} was widened from ${change.from} to ${change.to}`;
    case 'column-retyped':
      return `${relation}.${change.column} was ${change.from} and is ${change.to}`;
    case 'nullability-changed':
      return `${relation}.${change.column} ${change.notNull ? 'can no longer' : 'can now'} be NULL`;
    case 'key-lost':
      return `${relation} no longer declares (${change.columns.join(', ')}) as a key`;
  }
}

const WORDS: Record<RenameEvidence, string> = {
  'statement-seen': 'the statement was seen',
  'same-object': 'the warehouse says it is the same object',
  'same-key': 'it stands in the same keys',
  'same-place': 'it stands in the same place',
  'similar-name': 'the names are alike',
  'only-pair': 'nothing else of this type came or went',
  'same-columns': 'the columns are the same',
  'same-name': 'the name is the same',
};

function grounds(change: SchemaChange & { readonly evidence: readonly RenameEvidence[] }): string {
  const because = change.evidence.map((one) => WORDS[one]).join(', ');
  if (isGuess(change)) {
    return because === '' ? ' (a guess)' : ` (a guess: ${because})`;
  }
  return ` (${because})`;
}
