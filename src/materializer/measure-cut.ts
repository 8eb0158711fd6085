import type { RelationId } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import type { SlimForm } from '../marts/slim-form.ts';
import { median } from '../prove/median.ts';
import { MEASURED_PAIRS } from '../prune/measured-pairs.ts';
import { measuredForm, measuredTable } from './measured-names.ts';
import { createVersion } from './statements.ts';
import { dropObjects, objectsOf } from './version-objects.ts';

export interface CutRequest {
  readonly definition: MartDefinition;
  /** The version's table; its name is lent to what is built and dropped again. */
  readonly table: RelationId;
  /** The form that stands; absent where every attribute is stored. */
  readonly before: SlimForm | undefined;
  readonly after: SlimForm | undefined;
  readonly wideIntegerOption: string | undefined;
  /** Stands on what is built where each statement commits by itself, so that the next start drops what a killed one left. */
  readonly comment?: string | undefined;
  /** Thread time all statements of this build took so far, in milliseconds. */
  readonly cpuMs: () => number;
  readonly inside: () => Promise<void>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a refresh takes in both forms, medians of thread time over the pairs. */
export interface MeasuredCut {
  readonly pairs: number;
  readonly beforeCpuMs: number;
  readonly afterCpuMs: number;
  /** Share of the thread time that is saved; negative where the new form is dearer. */
  readonly cut: number;
}

/**
 * Builds the mart in both forms by turns (A B B A ...) on the transaction's own snapshot (or on one state of the
 * sources) and drops each again: nothing but these runs says what a form saves.
 */
export async function measureCut(session: Session, request: CutRequest): Promise<MeasuredCut> {
  const before: number[] = [];
  const after: number[] = [];
  const sides = [
    { form: request.before, times: before },
    { form: request.after, times: after },
  ];
  for (let pair = 0; pair <= MEASURED_PAIRS; pair += 1) {
    for (const { form, times } of pair % 2 === 0 ? sides : sides.toReversed()) {
      const cpuMs = await buildOnce(session, { ...request, form });
      if (pair > 0) {
        times.push(cpuMs);
      }
    }
    await request.inside();
  }
  const [beforeCpuMs, afterCpuMs] = [median(before), median(after)];
  const cut = beforeCpuMs === 0 ? 0 : 1 - afterCpuMs / beforeCpuMs;
  return { pairs: MEASURED_PAIRS, beforeCpuMs, afterCpuMs, cut };
}

async function buildOnce(
  session: Session,
  request: CutRequest & { readonly form: SlimForm | undefined },
): Promise<number> {
  const { definition, wideIntegerOption, comment, cpuMs, timeoutMs, signal } = request;
  const table = measuredTable(request.table);
  const slim = request.form === undefined ? undefined : measuredForm(request.form, request.table);
  const { wording } = session;
  const options = { purpose: 'measure', signal } as const;
  const startedAt = cpuMs();
  const tables = { definition, slim, wideIntegerOption, comment, wording };
  for (const sql of createVersion(table, tables)) {
    await session.execute(sql, { ...options, timeoutMs });
  }
  const spent = cpuMs() - startedAt;
  const version = slim === undefined ? { table } : { table, slim };
  const dropped = await dropObjects(session, { version, mayDrop: () => true, ...options });
  return dropped.length === objectsOf(version).length ? spent : Number.NaN;
}
