import { z } from 'zod';
import type { EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import type { SchemaForeignKey, SchemaKey, SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';

/** The relations of a warehouse at one moment, small enough to keep: plain data, no definition in full. */
export interface SchemaPicture {
  readonly takenAt: EpochMs;
  /** In the order of their ids. */
  readonly relations: readonly PicturedRelation[];
}

export interface PicturedRelation {
  readonly id: RelationId;
  readonly kind: 'table' | 'view';
  /** In the relation's own order. */
  readonly columns: readonly PicturedColumn[];
  readonly keys: readonly SchemaKey[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  /** Of a view's definition; absent for tables and where it could not be read. */
  readonly definitionDigest?: string;
  /** What the warehouse calls this very object (its number, or when it was made): another one under the same name was put there anew. */
  readonly identity?: string;
}

export interface PicturedColumn {
  readonly name: string;
  /** The warehouse's own type text. */
  readonly type: string;
  readonly notNull: boolean;
}

export interface PictureOptions {
  readonly takenAt: EpochMs;
  /** The object's own identity where the warehouse tells one. */
  readonly identityOf?: (relation: RelationId) => string | undefined;
}

/** Takes down what later pictures are compared with. */
export function pictureOf(
  snapshot: SchemaSnapshot,
  { takenAt, identityOf }: PictureOptions,
): SchemaPicture {
  const relations = snapshot.relations
    .map((relation) => pictured(relation, identityOf?.(relation.id)))
    .toSorted((a, b) => compareIds(a.id, b.id));
  return { takenAt, relations };
}

function pictured(relation: SchemaRelation, identity: string | undefined): PicturedRelation {
  const { id, kind, keys, foreignKeys, definition } = relation;
  return {
    id,
    kind,
    columns: relation.columns.map(({ name, type, notNull }) => ({ name, type, notNull })),
    keys,
    foreignKeys,
    ...(definition === undefined ? {} : { definitionDigest: digestOf(definition) }),
    ...(identity === undefined ? {} : { identity }),
  };
}

/** Code point order, the same on every machine. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const relationName = z.string().transform((id) => id as RelationId);

/** Reads a relation of a picture back from where it was kept. */
export const picturedRelation: z.ZodType<PicturedRelation, unknown> = z.object({
  id: relationName,
  kind: z.enum(['table', 'view']),
  columns: z.array(z.object({ name: z.string(), type: z.string(), notNull: z.boolean() })),
  keys: z.array(z.object({ columns: z.array(z.string()), primary: z.boolean() })),
  foreignKeys: z.array(
    z.object({
      columns: z.array(z.string()),
      references: relationName,
      referencedColumns: z.array(z.string()),
    }),
  ),
  definitionDigest: z.string().exactOptional(),
  identity: z.string().exactOptional(),
});

/** Reads a picture back from where it was kept. */
export const schemaPicture: z.ZodType<SchemaPicture, unknown> = z.object({
  takenAt: z.number(),
  relations: z.array(picturedRelation),
});
