import { type RelationId, relationParts } from '../base/relation.ts';
import { TEXT_UNKNOWN } from '../connectors/history-row.ts';
import type { Parsers } from '../parsers/open-parsers.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { NameContext, SchemaSnapshot } from '../sql/schema.ts';
import type { ReadShapes, ShapeRequest } from '../usage/usage-ports.ts';

/** Raise it whenever the parsers or the resolver read differently, so that kept shapes are read again. */
export const READERS_VERSION = '3';

export interface ReadShapesParts {
  readonly shapesOf: Parsers['shapesOf'];
  readonly dialect: DialectName;
  readonly schema: SchemaSnapshot;
  /** What bare names mean where the history does not tell. */
  readonly names: NameContext;
  /** Schemas as they were, the latest first: what ran before a change is read against what it was written for. */
  readonly formers?: readonly FormerReading[];
}

/** How texts are read that were written for a schema that is no more. */
export interface FormerReading {
  readonly schema: SchemaSnapshot;
  /** Relations that were otherwise then. */
  readonly changed: ReadonlySet<RelationId>;
  /** What was read of them, under today's names. */
  readonly carry: (shape: Shape) => Shape;
}

/** Parsers and resolver behind the port of `usage/`: texts to shapes without literals. */
export function makeReadShapes(parts: ReadShapesParts): ReadShapes {
  const { shapesOf, dialect, schema, names, formers = [] } = parts;
  const world = { dialect, schema };
  const worlds = formers.map((former) => ({
    ...former,
    world: { dialect, schema: former.schema },
  }));

  function read(
    requests: readonly ShapeRequest[],
    options: Parameters<ReadShapesParts['shapesOf']>[1],
  ): Promise<readonly Shape[]> {
    const asked = requests.map(({ text, database, schema: ranIn }) => ({
      sql: text,
      hasRun: true,
      witnessed: true,
      names: {
        ...names,
        ...(database === undefined ? {} : { database }),
        ...(ranIn === undefined ? {} : { schema: ranIn }),
      },
    }));
    return shapesOf(asked, options);
  }

  return async (requests, signal) => {
    const shapes = await read(requests, { world, signal });
    const answers = new Map(
      shapes.flatMap((shape, at) => {
        const request = requests[at];
        return request === undefined ? [] : [[request.fingerprint, told(shape, request)] as const];
      }),
    );
    for (const former of worlds) {
      const open = requests.filter(({ fingerprint }) =>
        mayHaveBeen(answers.get(fingerprint), former),
      );
      const again = open.length === 0 ? [] : await read(open, { world: former.world, signal });
      for (const [at, { fingerprint }] of open.entries()) {
        const shape = again[at];
        if (shape?.level === 'full') {
          answers.set(fingerprint, former.carry(shape));
        }
      }
    }
    return answers;
  };
}

/** What stands for a text that is not known is refused as one that is wrong. */
function told(shape: Shape, { text }: ShapeRequest): Shape {
  return text === TEXT_UNKNOWN ? { ...shape, notUnderstood: ['its text is not known'] } : shape;
}

/** Whether it reads something that was otherwise then, and is not understood as it is now. */
function mayHaveBeen(shape: Shape | undefined, { changed }: FormerReading): boolean {
  const called = (relation: RelationId) => relationParts(relation).name.toLowerCase();
  const names = new Set([...changed].map(called));
  return (
    shape?.level === 'partial' &&
    shape.relations.some(({ relation, known }) =>
      known ? changed.has(relation) : names.has(called(relation)),
    )
  );
}
