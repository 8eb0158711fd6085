import type { Parsers } from '../parsers/open-parsers.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NameContext, SchemaSnapshot } from '../sql/schema.ts';
import type { ReadShapes } from '../usage/usage-ports.ts';

/** Raise it whenever the parsers or the resolver read differently, so that kept shapes are read again. */
export const READERS_VERSION = '3';

export interface ReadShapesParts {
  readonly shapesOf: Parsers['shapesOf'];
  readonly dialect: DialectName;
  readonly schema: SchemaSnapshot;
  /** What bare names mean where the history does not tell. */
  readonly names: NameContext;
}

/** Parsers and resolver behind the port of `usage/`: texts to shapes without literals. */
export function makeReadShapes({ shapesOf, dialect, schema, names }: ReadShapesParts): ReadShapes {
  const world = { dialect, schema };
  return async (requests, signal) => {
    const shapes = await shapesOf(
      requests.map(({ text, database, schema: ranIn }) => ({
        sql: text,
        hasRun: true,
        witnessed: true,
        names: {
          ...names,
          ...(database === undefined ? {} : { database }),
          ...(ranIn === undefined ? {} : { schema: ranIn }),
        },
      })),
      { world, signal },
    );
    return new Map(
      shapes.flatMap((shape, at) => {
        const request = requests[at];
        return request === undefined ? [] : [[request.fingerprint, shape] as const];
      }),
    );
  };
}
