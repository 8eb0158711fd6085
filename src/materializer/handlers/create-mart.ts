import { digestOf } from '../../base/digest.ts';
import type { Wording } from '../../connectors/wording.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { requireNoWiderEyes } from '../access.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import { ensureSchemaOf } from '../ensure-schema.ts';
import { requireNothingLent } from '../eyes.ts';
import { martMarker } from '../marker.ts';
import { requireOwnDatabase } from '../own-database.ts';
import { whatStands } from '../resume-flip.ts';
import { createLogicalView, dropView, selectLogical } from '../statements.ts';
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
        if (session.wording.access?.readsAsReader === true) {
          await requireNothingLent(session, definition);
        }
        await ensureSchemaOf(session, { relation, ...options });
        const comment = martMarker(definitionDigest);
        for (const sql of createStatements(definition, { comment, wording: session.wording })) {
          await session.execute(sql, options);
          await work.inside();
        }
        // Its schema's default grants say who reads it from now on, with our rights. Where each statement commits by itself it was
        // there for a moment, until this refusal has it dropped.
        if (session.wording.access?.readsAsReader !== true) {
          await requireNoWiderEyes(session, definition);
        }
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

  resume: ({ mart: relation, definition }, work) =>
    whatStands(work, async (session) => {
      if ((await work.ledger.readRecord(relation, session)) !== undefined) {
        return { outcome: 'done', detail: `${relation} stands in the ledger as ours` };
      }
      const found = await findObject(session, relation);
      if (found?.kind !== 'view' || found.comment !== martMarker(digestOf(definition))) {
        return nothingHappened;
      }
      await session.execute(dropView(relation, session.wording), { purpose: 'drop' });
      const detail = `${relation} was not in the ledger yet and is dropped`;
      return { outcome: 'undone', detail };
    }),
};

/** The view with our mark: in one statement, where each commits by itself. */
function createStatements(
  definition: MartDefinition,
  { comment, wording }: { readonly comment: string; readonly wording: Wording },
): readonly string[] {
  const { relation, columns } = definition;
  const { staged, statements } = wording;
  return staged === undefined
    ? [createLogicalView(definition, wording), statements.commentOn('view', { relation, comment })]
    : [
        staged.createView({
          relation,
          comment,
          select: selectLogical(definition, wording),
          columns: columns.map(({ name }) => ({ name, comment: undefined })),
          options: [],
        }),
      ];
}
