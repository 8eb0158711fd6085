import { type RelationId, relationParts } from '../base/relation.ts';
import type { Borrower, Session } from '../connectors/connector.ts';
import { sameRelation } from './same-relation.ts';
import { readersOf, standingsOf } from './standings.ts';
import { StepRefused } from './step-refused.ts';
import { dependentViews, readingsOf } from './warehouse-objects.ts';

const options = { purpose: 'publish' } as const;

/**
 * What whoever reads this view must be let read by themselves: on the ways from it to its sources, all but what the view before it may
 * read whoever asks it. That this very view is let read something does not count, for that ends with the first flip, and there would be
 * no way back. What no way was found to counts as asked.
 */
export async function askedOfReaders(
  session: Session,
  {
    view,
    text,
    sources,
  }: {
    readonly view: RelationId;
    readonly text: string;
    readonly sources: readonly RelationId[];
  },
): Promise<readonly RelationId[]> {
  const readings = await readingsOf(session, { view, text, tables: sources });
  const asked = new Set(sources.filter((source) => !readings.some(({ read }) => read === source)));
  const lent = new Map<string, readonly Borrower[]>();
  for (const { by, read } of readings) {
    const { database = '', schema = '' } = relationParts(read);
    const place = `${database}.${schema}`;
    const borrowers = lent.get(place) ?? (await session.lentTo?.(read, options)) ?? [];
    lent.set(place, borrowers);
    const isWhole = sameRelation(by, view);
    if (!borrowers.some((one) => isLent(one, { to: by, isWhole }))) {
      asked.add(read);
    }
  }
  return [...asked];
}

export function isLent(
  { database, schema, name }: Borrower,
  { to, isWhole }: { readonly to: RelationId; readonly isWhole: boolean },
): boolean {
  const parts = relationParts(to);
  const isThere = parts.database === database && parts.schema === schema;
  return isThere && (name === undefined || (!isWhole && name === parts.name));
}

/**
 * Views that read the mart whoever asks them have readers of their own, who could not read its versions: no version answers then.
 *
 * @throws StepRefused `LENT_DEPENDENTS`
 */
export async function requireNoLentDependents(
  session: Session,
  { mart, readers }: { readonly mart: RelationId; readonly readers: ReadonlySet<string> },
): Promise<void> {
  const borrowers = (await session.lentTo?.(mart, options)) ?? [];
  if (borrowers.length === 0) {
    return;
  }
  const lent = (await dependentViews(session, mart)).filter((to) =>
    borrowers.some((one) => isLent(one, { to, isWhole: false })),
  );
  const standings = await standingsOf(session, lent);
  for (const view of lent) {
    const left = [...readersOf(standings, view)].find((reader) => !readers.has(reader));
    if (left !== undefined) {
      throw new StepRefused(
        'LENT_DEPENDENTS',
        `${left} reads ${mart} through ${view}, which is authorized to read it for them, and could not read a stored version; let ${left} read ${mart}, or take the authorization off`,
      );
    }
  }
}
