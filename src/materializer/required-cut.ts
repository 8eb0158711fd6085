import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import type { ActionOf } from './action-handler.ts';
import { type MeasuredCut, measureCut } from './measure-cut.ts';
import { StepRefused } from './step-refused.ts';
import type { Work } from './work.ts';

/** A step down the ladder has to show what it saves, measured, before it is entered. */
export async function requiredCut(
  { minimumCut, slim, table, mart }: ActionOf<'build-version'>,
  {
    session,
    work,
    definition,
    stands,
    comment,
    cpuMs,
    timeoutMs,
  }: {
    readonly session: Session;
    readonly work: Work;
    readonly definition: MartDefinition;
    readonly stands: SlimForm | undefined;
    /** The version's marker, where each statement commits by itself. */
    readonly comment: string | undefined;
    readonly cpuMs: () => number;
    readonly timeoutMs: number;
  },
): Promise<MeasuredCut | undefined> {
  if (minimumCut === undefined) {
    return undefined;
  }
  const measured = await measureCut(session, {
    definition,
    table,
    before: stands,
    after: slim,
    wideIntegerOption: work.connector.capabilities.wideIntegerOption,
    comment,
    cpuMs,
    inside: work.inside,
    timeoutMs,
    signal: work.signal,
  });
  const percent = (share: number) => Math.round(share * 1000) / 10;
  if (!(measured.cut >= minimumCut)) {
    throw new StepRefused(
      'CUT_TOO_SMALL',
      `a refresh of ${mart} in the slim form takes ${percent(measured.cut)} % less thread time, and ${percent(minimumCut)} % are needed`,
      { cut: measured.cut, needed: minimumCut, pairs: measured.pairs },
    );
  }
  return measured;
}
