import { formatDuration } from '../../base/duration.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import type { MartRecord } from '../mart-record.ts';
import { ownedMart, tableChanged } from '../owned.ts';
import type { CapsSettings } from '../settings.ts';
import { dropTable } from '../statements.ts';
import { ForeignChange, StepRefused } from '../step-refused.ts';
import { dependentViews, findObject } from '../warehouse-objects.ts';
import { writing } from '../work.ts';

/** Drops a hidden version whose grace has ended, if it still is what we built and nothing reads it. */
export const dropVersion: ActionHandler<'drop-version'> = {
  run: ({ mart: relation, version: number, table }, work) =>
    writing(work, {
      purpose: 'drop',
      async run(session) {
        const record = await ownedMart({ ledger: work.ledger, session }, relation);
        const hidden = record.mart.hidden.find(({ version }) => version.version === number);
        if (hidden === undefined || hidden.version.table !== table) {
          throw new StepRefused(
            'NOT_HIDDEN',
            `version ${number} of ${relation} (${table}) is not among its hidden versions`,
          );
        }
        const waited = work.clock.now() - hidden.hiddenAt;
        const grace = graceOf(record, work.caps);
        if (waited < grace) {
          throw new StepRefused(
            'GRACE_RUNS',
            `${table} was hidden ${formatDuration(waited)} ago and stays for ${formatDuration(grace)}`,
            { waitedMs: waited, graceMs: grace },
          );
        }
        const isGone = (await findObject(session, table)) === undefined;
        if (!isGone) {
          const { version } = hidden;
          const changed = await tableChanged({ record, version }, session);
          if (changed?.kind === 'foreign') {
            throw new ForeignChange(changed.because);
          }
          const readers = await dependentViews(session, table);
          if (readers.length > 0) {
            throw new StepRefused(
              'STILL_READ',
              `${table} is read by ${readers.join(', ')}, so it is not dropped`,
              { dependents: readers.length },
            );
          }
          await session.execute(dropTable(table), { purpose: 'drop', signal: work.signal });
        }
        await work.inside();
        const { [table]: _dropped, ...marks } = record.marks;
        await work.ledger.writeRecord(
          {
            ...record,
            marks,
            mart: {
              ...record.mart,
              hidden: record.mart.hidden.filter(({ version }) => version.version !== number),
            },
          },
          session,
        );
        const detail = isGone ? `${table} was gone already` : `${table} is dropped`;
        await work.finish(session, detail);
        return { detail, evidence: { waitedMs: waited, bytes: hidden.version.bytes } };
      },
    }),

  async resume() {
    return nothingHappened;
  },
};

/** A version that a newer one replaced is let go sooner than the last one of a demoted mart. */
function graceOf({ mart }: MartRecord, caps: CapsSettings): number {
  return mart.stage === 'physical' ? caps.supersededGrace : caps.grace;
}
