import { describeQuery } from '../../prove/describe-query.ts';
import type { ActionHandler } from '../action-handler.ts';
import { flipView } from '../flip-view.ts';
import { ownedMart, tableChanged } from '../owned.ts';
import { resumeFlip } from '../resume-flip.ts';
import { createVersionView, selectVersion } from '../statements.ts';
import { ForeignChange, StepRefused } from '../step-refused.ts';
import { tellAge } from '../tell-age.ts';
import { versionOf } from '../version-of.ts';
import { writing } from '../work.ts';

/**
 * Points the stable view at the version readers have and at nothing else: the logical definition cannot be computed, and beside it
 * in one view it would break both. From here on the age is told, in the view's comment and by Goldsmith, until a person or
 * the sources change that.
 */
export const holdVersion: ActionHandler<'hold-version'> = {
  run: ({ mart: relation, version: number, table, because }, work) =>
    writing(work, {
      purpose: 'publish',
      async run(session) {
        const record = await ownedMart({ ledger: work.ledger, session }, relation);
        const { mart } = record;
        const version = versionOf(record, number);
        if (
          mart.stage !== 'physical' ||
          mart.current?.version !== number ||
          version.table !== table
        ) {
          throw new StepRefused(
            'NOT_READ',
            `version ${number} of ${relation} (${table}) is not what its readers have`,
          );
        }
        const changed = await tableChanged({ record, version }, session);
        if (changed?.kind === 'foreign') {
          throw new ForeignChange(changed.because);
        }
        if (changed !== undefined) {
          throw new StepRefused('MARK_UNREADABLE', changed.because);
        }
        const { definition } = mart;
        const tableColumns = await describeQuery(session, {
          sql: `select * from ${session.wording.names.relation(table)}`,
          purpose: 'verify',
        });
        const view = { definition, table, tableColumns, wording: session.wording };
        await flipView(session, {
          record,
          to: { kind: 'held', because },
          work,
          publication: {
            view: relation,
            columns: definition.columns,
            statement: createVersionView(view),
            select: selectVersion(view),
            compareAnswers: false,
            inside: work.inside,
            signal: work.signal,
          },
        });
        await tellAge(session, { view: relation, asOf: version.verifiedFreshAt });
        await work.inside();
        const asOf = new Date(version.verifiedFreshAt).toISOString();
        const detail = `${relation} keeps version ${number}, as of ${asOf}: ${because}`;
        await work.finish(session, detail);
        return { detail, evidence: { rows: version.rows, version: number } };
      },
    }),

  resume: ({ mart }, work) => resumeFlip(mart, work),
};
