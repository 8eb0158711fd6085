import { relationParts } from '../base/relation.ts';
import { isSameType } from './is-widening.ts';
import { areAlike } from './name-likeness.ts';
import { type Pairing, pairUp, type RenameEvidence } from './rename-evidence.ts';
import type { PicturedRelation } from './schema-picture.ts';

/**
 * The relations that went and came back under another name or in another schema: of the same kind, with the same
 * columns in the same order, or known by the warehouse's own number for the object.
 */
export function detectMoves(
  gone: readonly PicturedRelation[],
  came: readonly PicturedRelation[],
): readonly Pairing<PicturedRelation, PicturedRelation>[] {
  return pairUp(
    gone.flatMap((old) =>
      came
        .filter((now) => now.kind === old.kind)
        .map((now) => ({ old, now, evidence: evidenceOf(old, now, { gone, came }) })),
    ),
  );
}

function evidenceOf(
  old: PicturedRelation,
  now: PicturedRelation,
  rest: { readonly gone: readonly PicturedRelation[]; readonly came: readonly PicturedRelation[] },
): readonly RenameEvidence[] {
  const isSameObject = old.identity !== undefined && old.identity === now.identity;
  const known: readonly RenameEvidence[] = isSameObject ? ['same-object'] : [];
  if (!haveSameColumns(old, now)) {
    return known;
  }
  const evidence: RenameEvidence[] = [...known, 'same-columns'];
  const [was, is] = [relationParts(old.id).name, relationParts(now.id).name];
  if (was === is) {
    evidence.push('same-name');
  } else if (areAlike(was, is)) {
    evidence.push('similar-name');
  }
  const alone = (list: readonly PicturedRelation[], one: PicturedRelation) =>
    list.filter((other) => haveSameColumns(other, one)).length === 1;
  if (alone(rest.gone, old) && alone(rest.came, now)) {
    evidence.push('only-pair');
  }
  return evidence;
}

function haveSameColumns(a: PicturedRelation, b: PicturedRelation): boolean {
  return (
    a.columns.length === b.columns.length &&
    a.columns.every((column, at) => {
      const other = b.columns[at];
      return other?.name === column.name && isSameType(other.type, column.type);
    })
  );
}
