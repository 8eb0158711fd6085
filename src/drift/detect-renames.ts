import type { RelationId } from '../base/relation.ts';
import { isSameType } from './is-widening.ts';
import { areAlike } from './name-likeness.ts';
import { type Pairing, pairUp, type RenameEvidence } from './rename-evidence.ts';
import type { PicturedColumn, PicturedRelation } from './schema-picture.ts';

/** What is known of a rename besides the two pictures. */
export interface RenameWitness {
  /** Renames read in statements of the history: `ALTER TABLE relation RENAME COLUMN from TO to`. */
  readonly seen: readonly {
    readonly relation: RelationId;
    readonly from: string;
    readonly to: string;
  }[];
  /** Relations that such statements gave another name or place. */
  readonly moved?: readonly { readonly from: RelationId; readonly to: RelationId }[];
}

export interface ColumnPair {
  readonly old: PicturedColumn;
  readonly now: PicturedColumn;
  readonly evidence: readonly RenameEvidence[];
}

/**
 * The columns of one relation that went and came back under another name. A column without a clear partner is a
 * removal, and its successor, if any, an addition: a rename is never assumed for want of a better story.
 */
export function detectRenames(
  before: PicturedRelation,
  after: PicturedRelation,
  witness: RenameWitness,
): readonly ColumnPair[] {
  const [oldNames, newNames] = [namesOf(before), namesOf(after)];
  const gone = before.columns.filter(({ name }) => !newNames.has(name));
  const came = after.columns.filter(({ name }) => !oldNames.has(name));
  const seen = new Set(
    witness.seen
      .filter(({ relation }) => relation === after.id || relation === before.id)
      .map(({ from, to }) => `${from}\u0000${to}`),
  );
  const candidates = gone.flatMap((old) =>
    came.flatMap((now): Pairing<PicturedColumn, PicturedColumn>[] => {
      const wasSeen = seen.has(`${old.name}\u0000${now.name}`);
      if (!wasSeen && !isSameType(old.type, now.type)) {
        return [];
      }
      const rest = { gone, came, before, after };
      return [
        {
          old,
          now,
          evidence: [
            ...(wasSeen ? (['statement-seen'] as const) : []),
            ...likeness(old, now, rest),
          ],
        },
      ];
    }),
  );
  return pairUp(candidates);
}

interface Surroundings {
  readonly gone: readonly PicturedColumn[];
  readonly came: readonly PicturedColumn[];
  readonly before: PicturedRelation;
  readonly after: PicturedRelation;
}

function likeness(
  old: PicturedColumn,
  now: PicturedColumn,
  { gone, came, before, after }: Surroundings,
): readonly RenameEvidence[] {
  const evidence: RenameEvidence[] = [];
  if (inSameKeys(old.name, before, now.name, after)) {
    evidence.push('same-key');
  }
  if (neighboursOf(old, before, gone) === neighboursOf(now, after, came)) {
    evidence.push('same-place');
  }
  if (areAlike(old.name, now.name)) {
    evidence.push('similar-name');
  }
  const ofType = (columns: readonly PicturedColumn[]) =>
    columns.filter(({ type }) => isSameType(type, old.type)).length;
  if (ofType(gone) === 1 && ofType(came) === 1) {
    evidence.push('only-pair');
  }
  return evidence;
}

/** The columns that stayed, left and right of one that did not, and how many strangers stand between. */
function neighboursOf(
  column: PicturedColumn,
  { columns }: PicturedRelation,
  strangers: readonly PicturedColumn[],
): string {
  const at = columns.indexOf(column);
  const stays = (one: PicturedColumn) => !strangers.includes(one);
  const left = columns.slice(0, at).findLastIndex(stays);
  const right = columns.slice(at + 1).findIndex(stays);
  return JSON.stringify([
    columns[left]?.name ?? null,
    at - left,
    right < 0 ? null : (columns[at + 1 + right]?.name ?? null),
  ]);
}

function inSameKeys(
  oldName: string,
  before: PicturedRelation,
  newName: string,
  after: PicturedRelation,
): boolean {
  const roles = keyRoles(before, oldName);
  return roles.length > 0 && roles.join('\n') === keyRoles(after, newName).join('\n');
}

/** Where a column stands in the relation's keys and references, without its name. */
function keyRoles({ keys, foreignKeys }: PicturedRelation, name: string): readonly string[] {
  const own = keys.flatMap(({ columns, primary }) =>
    columns.includes(name) ? [`key ${primary} ${columns.length}`] : [],
  );
  const referring = foreignKeys.flatMap(({ columns, references, referencedColumns }) =>
    columns.includes(name)
      ? [`${references}(${referencedColumns.join(',')}) ${columns.indexOf(name)}`]
      : [],
  );
  return [...own, ...referring].toSorted();
}

function namesOf({ columns }: PicturedRelation): ReadonlySet<string> {
  return new Set(columns.map(({ name }) => name));
}
