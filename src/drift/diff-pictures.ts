import { detectMoves } from './detect-moves.ts';
import { detectRenames, type RenameWitness } from './detect-renames.ts';
import { isSameType, isWidening } from './is-widening.ts';
import type { SchemaChange } from './schema-change.ts';
import type { PicturedColumn, PicturedRelation, SchemaPicture } from './schema-picture.ts';

/** What happened between two pictures, by relation in the order of their ids, then in a fixed order of kinds. */
export function diffPictures(
  before: SchemaPicture,
  after: SchemaPicture,
  witness: RenameWitness = { seen: [] },
): readonly SchemaChange[] {
  const olds = new Map(before.relations.map((relation) => [relation.id, relation]));
  const news = new Map(after.relations.map((relation) => [relation.id, relation]));
  const gone = before.relations.filter(({ id }) => !news.has(id));
  const came = after.relations.filter(({ id }) => !olds.has(id));
  const moves = detectMoves(gone, came, witness);

  const changes: SchemaChange[] = [];
  for (const old of before.relations) {
    const stayed = news.get(old.id);
    const move = moves.find((one) => one.old === old);
    if (stayed !== undefined) {
      changes.push(...diffRelation(old, stayed, witness));
    } else if (move !== undefined) {
      const { evidence, now } = move;
      changes.push({ kind: 'relation-moved', relation: old.id, to: now.id, evidence });
      changes.push(...diffRelation(old, { ...now, id: old.id }, witness));
    } else {
      changes.push({ kind: 'relation-removed', relation: old.id });
    }
  }
  const arrived = came.filter((one) => !moves.some(({ now }) => now === one));
  changes.push(...arrived.map(({ id }) => ({ kind: 'relation-added', relation: id }) as const));
  return changes;
}

function diffRelation(
  before: PicturedRelation,
  after: PicturedRelation,
  witness: RenameWitness,
): readonly SchemaChange[] {
  const relation = before.id;
  const renames = detectRenames(before, after, witness);
  const changes: SchemaChange[] = [];
  const isOther = before.identity !== after.identity && before.identity !== undefined;
  if (before.kind !== after.kind || (isOther && after.identity !== undefined)) {
    changes.push({ kind: 'relation-replaced', relation, was: before.kind, is: after.kind });
  }
  if (
    before.kind === 'view' &&
    after.kind === 'view' &&
    before.definitionDigest !== after.definitionDigest
  ) {
    changes.push({ kind: 'definition-changed', relation });
  }
  for (const old of before.columns) {
    const rename = renames.find((one) => one.old === old);
    const now = rename?.now ?? after.columns.find(({ name }) => name === old.name);
    if (now === undefined) {
      changes.push({ kind: 'column-removed', relation, column: old.name, type: old.type });
      continue;
    }
    if (rename !== undefined) {
      const { evidence } = rename;
      changes.push({ kind: 'column-renamed', relation, column: old.name, to: now.name, evidence });
    }
    changes.push(...diffColumn(relation, old, now));
  }
  const known = new Set(before.columns.map(({ name }) => name));
  for (const column of after.columns) {
    if (!known.has(column.name) && !renames.some(({ now }) => now === column)) {
      changes.push({ kind: 'column-added', relation, column: column.name, type: column.type });
    }
  }
  changes.push(...lostKeys(before, after, renames));
  return changes;
}

function diffColumn(
  relation: PicturedRelation['id'],
  old: PicturedColumn,
  now: PicturedColumn,
): readonly SchemaChange[] {
  const column = old.name;
  const changes: SchemaChange[] = [];
  if (!isSameType(old.type, now.type)) {
    const kind = isWidening(old.type, now.type) ? 'column-widened' : 'column-retyped';
    changes.push({ kind, relation, column, from: old.type, to: now.type });
  }
  if (old.notNull !== now.notNull) {
    changes.push({ kind: 'nullability-changed', relation, column, notNull: now.notNull });
  }
  return changes;
}

/** Keys declared before that no key of now, by the columns' new names, still declares. */
function lostKeys(
  before: PicturedRelation,
  after: PicturedRelation,
  renames: ReturnType<typeof detectRenames>,
): readonly SchemaChange[] {
  const called = new Map(renames.map(({ old, now }) => [old.name, now.name]));
  const setOf = (columns: readonly string[]) => JSON.stringify(columns.toSorted());
  const held = new Set(after.keys.map(({ columns }) => setOf(columns)));
  return before.keys
    .filter(({ columns }) => !held.has(setOf(columns.map((name) => called.get(name) ?? name))))
    .map(({ columns }) => ({ kind: 'key-lost', relation: before.id, columns }));
}
