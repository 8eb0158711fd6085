import { digestOf } from '../base/digest.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { SchemaRelation, SchemaSnapshot } from '../sql/schema.ts';

/** Tells which shapes still hold after the schema or the parsers moved. */
export interface ShapeKeys {
  /** Digest of everything: while it stands still no shape needs a look. */
  readonly all: string;
  /** Digest of what this shape rests on. */
  of(shape: Shape): string;
}

export interface ShapeKeyParts {
  readonly schema: SchemaSnapshot;
  /** Changes whenever the parsers or the resolver read differently. */
  readonly readersVersion: string;
}

/**
 * A shape rests on the relations it reads, as they are now. One that is not fully resolved rests on the whole list of
 * relations too: the one it missed may have come.
 */
export function shapeKeysOf({ schema, readersVersion }: ShapeKeyParts): ShapeKeys {
  const digests = new Map<string, string>(
    schema.relations
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((relation) => [relation.id, digestOfRelation(relation)]),
  );
  const names = digestOf([...digests.keys()]);

  return {
    all: digestOf({ readersVersion, relations: [...digests] }),
    of(shape) {
      const relations = shape.relations
        .map(({ relation }) => `${relation} ${digests.get(relation) ?? 'absent'}`)
        .toSorted();
      const isClosed = shape.level === 'full' && shape.relations.every(({ known }) => known);
      return digestOf({ readersVersion, relations, names: isClosed ? '' : names });
    },
  };
}

function digestOfRelation({ kind, columns, definition }: SchemaRelation): string {
  return digestOf({ kind, columns: columns.map(({ name, type }) => [name, type]), definition });
}
