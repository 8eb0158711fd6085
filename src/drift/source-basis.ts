import { z } from 'zod';
import type { EpochMs } from '../base/clock.ts';
import { relationParts } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Query } from '../sql/ir.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { type PicturedRelation, picturedRelation, pictureOf } from './schema-picture.ts';

/** The relations a mart's definition reads, views on the way among them, as they were when it last gave what it promises. */
export interface SourceBasis {
  readonly definitionDigest: string;
  /** Of the schema it was taken down from. */
  readonly schemaDigest?: string;
  /** When it was taken down first. */
  readonly takenAt?: EpochMs;
  /** The version readers had then; absent where it was a view. */
  readonly version?: number;
  /** In the order of their ids. */
  readonly relations: readonly PicturedRelation[];
}

/** Takes down what a mart's definition, parsed, reads now. */
export function basisOf(
  { definition, definitionDigest, current }: Mart,
  {
    query,
    schema,
    dialect,
  }: { readonly query: Query; readonly schema: SchemaIndex; readonly dialect: Dialect },
): SourceBasis {
  const { database, schema: own } = relationParts(definition.relation);
  const { relations } = bindQuery(query, { schema, dialect, names: { database, schema: own } });
  const read = schema.snapshot.relations.filter(({ id }) => relations.has(id));
  return {
    definitionDigest,
    ...(current === undefined ? {} : { version: current.version }),
    relations: pictureOf({ relations: read }, { takenAt: 0 }).relations,
  };
}

/** Reads a basis back from where it was kept. */
export const sourceBasis: z.ZodType<SourceBasis, unknown> = z.object({
  definitionDigest: z.string(),
  schemaDigest: z.string().exactOptional(),
  takenAt: z.number().exactOptional(),
  version: z.number().exactOptional(),
  relations: z.array(picturedRelation),
});
