import type { Session } from '../connectors/connector.ts';
import { flipView } from './flip-view.ts';
import type { FlipTarget } from './intended-flip.ts';
import { logicalSelect, logicalViewStatement } from './logical-view.ts';
import type { MartRecord } from './mart-record.ts';
import type { Published } from './publish-view.ts';
import type { Work } from './work.ts';

/** Readers get the logical definition back; the version they had is hidden. Within the caller's transaction. */
export function answerFromDefinition(
  { session, work }: { readonly session: Session; readonly work: Work },
  {
    record,
    to,
  }: {
    readonly record: MartRecord;
    readonly to: Exclude<
      FlipTarget,
      { readonly kind: 'version' | 'held' | 'released' | 'followed' }
    >;
  },
): Promise<Published> {
  const { relation, columns } = record.mart.definition;
  return flipView(session, {
    record,
    to,
    work,
    publication: {
      view: relation,
      columns,
      statement: logicalViewStatement(record, session.wording),
      select: logicalSelect(record, session.wording),
      compareAnswers: false,
      goesBack: true,
      inside: work.inside,
      signal: work.signal,
    },
  });
}
