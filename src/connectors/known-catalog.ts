import { DAY_MS, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';

/** What was read of a catalog: what did not change since is not asked for again. */
export interface KnownCatalog<Part, Shared> {
  /** When everything was read. */
  readonly readAt: EpochMs;
  readonly parts: ReadonlyMap<RelationId, KnownPart<Part>>;
  /** What is asked of all relations together wherever any of them changed. */
  readonly shared: Shared;
}

interface KnownPart<Part> {
  readonly mark: string;
  /** Absent where the warehouse told nothing of the relation. */
  readonly part: Part | undefined;
}

export interface CatalogToRead<Part, Shared> {
  readonly known: KnownCatalog<Part, Shared> | undefined;
  readonly now: EpochMs;
  /**
   * The warehouse's own mark of each relation there is: another one after whatever changes its part. An empty one is of a
   * relation that is asked for each time.
   */
  readonly marks: ReadonlyMap<RelationId, string>;
  /** Reads the parts of some relations, or of all; and what is shared, always whole. */
  readonly read: (only: readonly RelationId[] | undefined) => Promise<{
    readonly parts: ReadonlyMap<RelationId, Part>;
    readonly shared: Shared;
  }>;
}

/** However little changed, everything is read again so often: marks are documented, and were not seen on an account by us. */
const WHOLE_EVERY_MS = DAY_MS;
/** Where more relations changed, one statement about all is less than a list of names. */
const MOST_NAMED = 200;

/** The catalog as it is now, for which only what changed is read; all of it once a day, and where the clock was put back. */
export async function readChanged<Part, Shared>({
  known,
  now,
  marks,
  read,
}: CatalogToRead<Part, Shared>): Promise<KnownCatalog<Part, Shared>> {
  const age = known === undefined ? WHOLE_EVERY_MS : now - known.readAt;
  const before = age >= 0 && age < WHOLE_EVERY_MS ? known : undefined;
  const changed = [...marks.keys()].filter((id) => {
    const mark = marks.get(id);
    return mark === '' || before?.parts.get(id)?.mark !== mark;
  });
  if (before !== undefined && changed.length === 0) {
    return before;
  }
  const isPart = before !== undefined && changed.length <= MOST_NAMED;
  const { parts, shared } = await read(isPart ? changed : undefined);
  const readNow = (id: RelationId): KnownPart<Part> => ({
    mark: marks.get(id) ?? '',
    part: parts.get(id),
  });
  return {
    readAt: isPart ? before.readAt : now,
    parts: new Map([
      ...(isPart ? [...before.parts].filter(([id]) => marks.has(id)) : []),
      ...(isPart ? changed : [...marks.keys()]).map((id) => [id, readNow(id)] as const),
    ]),
    shared,
  };
}

/** Whether what is known of a view lacks its text: a grant that lets us see it leaves no mark on the view. */
export function isKeptFromUs<Part extends { readonly text: string | undefined }>(
  known: KnownCatalog<Part, unknown> | undefined,
  id: RelationId,
): boolean {
  const had = known?.parts.get(id);
  return had !== undefined && (had.part?.text ?? '') === '';
}
