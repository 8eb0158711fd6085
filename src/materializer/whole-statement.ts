import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { StagedView } from '../connectors/wording.ts';
import { type Access, restoreAccess } from './access.ts';
import { StepRefused } from './step-refused.ts';
import type { ColumnComment } from './warehouse-objects.ts';

interface Replacement {
  readonly view: RelationId;
  readonly columns: readonly { readonly name: string }[];
  /** What stands on the view and must stand on the next one. */
  readonly kept: {
    readonly comment: string | undefined;
    readonly columnComments: readonly ColumnComment[];
    readonly access: Access | undefined;
  };
}

/**
 * The one statement that replaces a view with everything that stands on it, where a warehouse commits each by itself; none
 * elsewhere. What could only be compared afterwards is refused there: readers would see it first.
 */
export function wholeStatement(
  session: Session,
  {
    select,
    open,
    ...replacement
  }: Replacement & {
    readonly select?: string | undefined;
    /** Relations whose answers could not be compared beforehand. */
    readonly open: ReadonlySet<RelationId>;
  },
): string | undefined {
  const { staged } = session.wording;
  if (staged === undefined) {
    return undefined;
  }
  const { view } = replacement;
  if (select === undefined) {
    throw new StepRefused('NOT_ONE_STATEMENT', `${view} could not be replaced by one statement`);
  }
  const [dependent] = open;
  if (dependent !== undefined) {
    throw new StepRefused(
      'CANNOT_REHEARSE',
      `${dependent} reads ${view}, and whether its answers stay could only be seen after its readers saw them`,
    );
  }
  return staged.replaceView(stagedView({ ...replacement, select }));
}

/** The view as it stood, where nothing is rolled back. */
export async function putBack(
  session: Session,
  replacement: Replacement & { readonly select: string },
): Promise<void> {
  const { staged } = session.wording;
  if (staged !== undefined) {
    const { view, kept } = replacement;
    await session.execute(staged.replaceView(stagedView(replacement)), { purpose: 'publish' });
    await restoreAccess(session, { relation: view, kind: 'view' }, kept.access);
  }
}

function stagedView({
  view,
  select,
  columns,
  kept: { comment, columnComments, access },
}: Replacement & { readonly select: string }): StagedView {
  const commentOf = new Map(columnComments.map((each) => [each.column, each.comment]));
  return {
    relation: view,
    select,
    comment,
    columns: columns.map(({ name }) => ({ name, comment: commentOf.get(name) })),
    options: access?.options ?? [],
  };
}
