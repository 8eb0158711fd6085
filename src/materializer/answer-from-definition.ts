import type { Session } from '../connectors/connector.ts';
import { logicalViewStatement } from './logical-view.ts';
import type { MartRecord } from './mart-record.ts';
import { type Published, publishView } from './publish-view.ts';
import type { Work } from './work.ts';

/** Readers get the logical definition back; the version they had is hidden. Within the caller's transaction. */
export async function answerFromDefinition(
  { session, work }: { readonly session: Session; readonly work: Work },
  record: MartRecord,
): Promise<Published & { readonly record: MartRecord }> {
  const { mart } = record;
  const published = await publishView(session, {
    view: mart.definition.relation,
    columns: mart.definition.columns,
    statement: logicalViewStatement(record, session.wording),
    compareAnswers: false,
    inside: work.inside,
    signal: work.signal,
  });
  return { ...published, record: withdrawn({ ...record, viewText: published.viewText }, work) };
}

/** The record of a mart no version of which is read any more. */
export function withdrawn(record: MartRecord, { clock }: Pick<Work, 'clock'>): MartRecord {
  const { freshUntil: _ended, ...rest } = record;
  const { current, ...mart } = record.mart;
  const left = current === undefined ? [] : [{ version: current, hiddenAt: clock.now() }];
  return { ...rest, mart: { ...mart, stage: 'logical', hidden: [...mart.hidden, ...left] } };
}
