import { digestOf } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import { compareResults } from '../../prove/compare-results.ts';
import { columnsDiffer, describeQuery } from '../../prove/describe-query.ts';
import { requireNoWiderEyes } from '../access.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import { requireOwnDatabase } from '../own-database.ts';
import { requireNoRowPolicies, requireNothingLost } from '../policies.ts';
import { whatStands } from '../resume-flip.ts';
import { sameRelation } from '../same-relation.ts';
import { whileSourcesStand } from '../sources-stand.ts';
import { selectLogical } from '../statements.ts';
import { StepRefused } from '../step-refused.ts';
import { findObject, storedViewText } from '../warehouse-objects.ts';
import { type Work, writing } from '../work.ts';

/**
 * Takes a view over without touching it: its text goes into the ledger word for word, and the definition we would build
 * from is proved to answer the same on one snapshot.
 */
export const adoptView: ActionHandler<'adopt-view'> = {
  async run({ mart: relation, definition, originalSql }, work) {
    const current = await definitionNow(work, relation);
    if (current !== originalSql) {
      throw new StepRefused(
        'VIEW_MOVED',
        `${relation} was redefined since the plan was made; the next cycle looks at it again`,
      );
    }
    const detail = `${relation} is taken over; its text and its answers are unchanged`;
    return await writing(work, {
      purpose: 'publish',
      async run(session) {
        await requireOwnDatabase(session, relation);
        const found = await findObject(session, relation);
        const text = await storedViewText(session, relation);
        if (found?.kind !== 'view' || text === undefined) {
          throw new StepRefused('NOT_A_VIEW', `${relation} is not a view (any more)`);
        }
        if ((await work.ledger.readRecord(relation, session)) !== undefined) {
          throw new StepRefused('ALREADY_OURS', `${relation} is in the ledger already`);
        }
        await requireNothingLost(session, { view: relation, doing: 'taken over' });
        await requireNoRowPolicies(session, { definition, text });
        await requireNoWiderEyes(session, definition, { text });
        const options = { purpose: 'verify', signal: work.signal } as const;
        const view = `select * from ${session.wording.names.relation(relation)}`;
        const columns = await describeQuery(session, { sql: view, ...options });
        const differing = columnsDiffer(definition.columns, columns);
        if (differing !== undefined) {
          throw new StepRefused(
            'COLUMNS_DIFFER',
            `the definition of ${relation} is not the view's: ${differing}`,
          );
        }
        const logical = selectLogical(definition, session.wording);
        const same = await whileSourcesStand(session, {
          sources: definition.sources,
          doing: `takeover of ${relation}`,
          run: () =>
            compareResults(session, {
              left: view,
              right: logical,
              approximate: true,
              ...options,
            }),
        });
        if (same.kind === 'different') {
          throw new StepRefused(
            'ANSWERS_DIFFER',
            `the definition of ${relation} does not answer as the view does: ${same.because}`,
            same.evidence,
          );
        }
        await work.inside();
        await work.ledger.writeRecord(
          {
            mart: {
              definition,
              definitionDigest: digestOf(definition),
              stage: 'logical',
              createdAt: work.clock.now(),
              hidden: [],
              originalSql,
            },
            viewText: text,
            originalViewText: text,
            marks: {},
          },
          session,
        );
        await work.finish(session, detail);
        return { detail, evidence: { rows: same.rows, columns: columns.length } };
      },
    });
  },

  resume: ({ mart: relation }, work) =>
    whatStands(work, async (session) =>
      (await work.ledger.readRecord(relation, session)) === undefined
        ? nothingHappened
        : { outcome: 'done', detail: `${relation} stands in the ledger as taken over` },
    ),
};

async function definitionNow(work: Work, relation: RelationId): Promise<string | undefined> {
  const catalog = await work.connector.readCatalog({ purpose: 'catalog', signal: work.signal });
  return catalog.find(({ id }) => sameRelation(id, relation))?.definitionSql;
}
