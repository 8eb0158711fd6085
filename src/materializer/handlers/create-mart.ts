import { digestOf } from '../../base/digest.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import { ensureSchemaOf } from '../ensure-schema.ts';
import { martMarker } from '../marker.ts';
import { requireOwnDatabase } from '../own-database.ts';
import { createLogicalView, selectLogical } from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { findObject, storedViewText } from '../warehouse-objects.ts';
import { writing } from '../work.ts';

/** Publishes a mart of our own as a view; a name that anything else holds is refused. */
export const createMart: ActionHandler<'create-mart'> = {
  async run({ mart: relation, definition }, work) {
    const definitionDigest = digestOf(definition);
    const detail = `${relation} is a view over its logical definition`;
    await writing(work, {
      purpose: 'publish',
      async run(session) {
        await requireOwnDatabase(session, relation);
        const taken = await findObject(session, relation);
        if (taken !== undefined) {
          throw new StepRefused(
            'NAME_TAKEN',
            `a ${taken.kind} named ${relation} exists already and is not ours`,
          );
        }
        const options = { purpose: 'publish', signal: work.signal } as const;
        const found = await describeQuery(session, {
          sql: selectLogical(definition, session.wording),
          ...options,
        });
        const differing = columnsDiffer(definition.columns, found);
        if (differing !== undefined) {
          throw new StepRefused(
            'COLUMNS_DIFFER',
            `the definition of ${relation} does not return what it says: ${differing}`,
          );
        }
        await ensureSchemaOf(session, { relation, ...options });
        await session.execute(createLogicalView(definition, session.wording), options);
        await work.inside();
        const comment = martMarker(definitionDigest);
        const { statements } = session.wording;
        await session.execute(statements.commentOn('view', { relation, comment }), options);
        await work.inside();
        await work.ledger.writeRecord(
          {
            mart: {
              definition,
              definitionDigest,
              stage: 'logical',
              createdAt: work.clock.now(),
              hidden: [],
            },
            viewText: (await storedViewText(session, relation)) ?? '',
            marks: {},
          },
          session,
        );
        await work.finish(session, detail);
      },
    });
    return { detail, evidence: { columns: definition.columns.length } };
  },

  async resume() {
    return nothingHappened;
  },
};
