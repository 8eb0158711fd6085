import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import { nativeWordingOf } from '../connectors/native-wording-of.ts';
import type { NativeKind } from '../marts/native-shape.ts';
import { StepRefused } from './step-refused.ts';

/** The warehouse does not keep a version in a shape of its own, and says why: a table does as well. */
export class ShapeRefused extends StepRefused {
  constructor(because: string) {
    super('SHAPE_REFUSED', because);
  }
}

/** Sends a statement about a native version; what the warehouse will not do with one rejects with `ShapeRefused`. */
export async function sendShape(
  session: Session,
  { sql, kind, ...options }: CallOptions & { readonly sql: string; readonly kind: NativeKind },
): Promise<void> {
  await orRefused(`the warehouse keeps no ${kind} of it`, () => session.execute(sql, options));
}

/**
 * Rejects with `ShapeRefused` where what a native version holds cannot be read by who is to look at it, or not compared with what its
 * definition gives.
 */
export async function requireProvable(
  session: Session,
  {
    kind,
    relation,
    definition,
    ...options
  }: CallOptions & {
    readonly kind: NativeKind;
    readonly relation: RelationId;
    readonly definition: string;
  },
): Promise<void> {
  const wording = nativeWordingOf(session.wording, kind);
  const read = wording?.answers?.(relation);
  if (read !== undefined) {
    await orRefused(`a ${kind} of it could not be read`, () => session.query(read, options));
  }
  const asked = wording?.provable?.(definition);
  if (asked !== undefined) {
    await orRefused(`a ${kind} of it could not be proved`, () =>
      session.query(asked, { ...options, readsKept: false }),
    );
  }
}

async function orRefused(because: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (isUnwilling(error) || isUnsafe(error)) {
      const { cause } = error;
      const own = cause instanceof Error ? cause.message : error.message;
      throw new ShapeRefused(`${because}: ${withoutLiterals(own)}`);
    }
    throw error;
  }
}

/** Whether the warehouse will say so again, however often it is asked. */
export function isUnwilling(error: unknown): error is GoldsmithError {
  return error instanceof GoldsmithError && UNWILLING.has(error.code);
}

/** Whether the statement itself is not to be sent: nobody could tell what answered it. */
function isUnsafe(error: unknown): error is GoldsmithError {
  return error instanceof GoldsmithError && error.code === 'CONNECTOR_UNSAFE_REPLAY';
}

/** A warehouse's words may quote a statement's. */
function withoutLiterals(words: string): string {
  return words
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/'[^']*'?/g, "'..'")
    .replaceAll(/(?<![\w.])\d[\d.]*/g, '..')
    .slice(0, MOST_WORDS);
}

const UNWILLING: ReadonlySet<string> = new Set([
  'CONNECTOR_BAD_SQL',
  'CONNECTOR_PERMISSION_DENIED',
  'CONNECTOR_RELATION_MISSING',
]);

const MOST_WORDS = 300;
