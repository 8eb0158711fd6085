import { relationParts } from '../base/relation.ts';
import type { RenameWitness } from './detect-renames.ts';
import { isSameType } from './is-widening.ts';
import { areAlike } from './name-likeness.ts';
import { type Pairing, pairUp, type RenameEvidence } from './rename-evidence.ts';
import type { PicturedRelation } from './schema-picture.ts';

/**
 * The relations that went and came back under another name or in another schema: of the same kind, with the same
 * columns in the same order, or known by the warehouse's own number for the object, or by the statement that moved them.
 */
export function detectMoves(
  gone: readonly PicturedRelation[],
  came: readonly PicturedRelation[],
  { moved = [] }: Pick<RenameWitness, 'moved'> = {},
): readonly Pairing<PicturedRelation, PicturedRelation>[] {
  const wasSeen = (old: PicturedRelation, now: PicturedRelation) =>
    moved.some(({ from, to }) => from === old.id && to === now.id);
  return pairUp(
    gone.flatMap((old) =>
      came
        .filter((now) => now.kind === old.kind)
        .map((now) => ({
          old,
          now,
          evidence: [
            ...(wasSeen(old, now) ? (['statement-seen'] as const) : []),
            ...evidenceOf(old, now, { gone, came }),
          ],
        })),
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
