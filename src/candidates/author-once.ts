import type { SchemaSnapshot } from '../sql/schema.ts';
import { type AuthorParts, authorMart, type Draft } from './author-mart.ts';

type Authored = ReturnType<typeof authorMart>;

/**
 * As `authorMart`, for what was made `of` the same object: the passes of one cycle ask for the same mart again and again while facts are
 * measured, and it is written anew only where its joins turned out otherwise.
 */
export function authorOnce(
  of: object,
  { draft, parts }: { readonly draft: Draft; readonly parts: AuthorParts },
): Authored {
  const { world, naming, dialect, maxStalenessMs, words } = parts;
  // With words people chose, a name also rests on what stands and on what was declined.
  if (words !== undefined) {
    return authorMart(draft, parts);
  }
  const restsOn = JSON.stringify([draft, naming, dialect, maxStalenessMs]);
  const known = AUTHORED.get(of);
  if (known?.schema === world.schema && known.restsOn === restsOn) {
    return known.authored;
  }
  const authored = authorMart(draft, parts);
  AUTHORED.set(of, { schema: world.schema, restsOn, authored });
  return authored;
}

interface KnownMart {
  readonly schema: SchemaSnapshot;
  readonly restsOn: string;
  readonly authored: Authored;
}

const AUTHORED = new WeakMap<object, KnownMart>();
