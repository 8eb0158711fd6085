import type { AttributeChange, PrunedAttribute } from '../../marts/mart.ts';
import { type ActionHandler, nothingHappened } from '../action-handler.ts';
import type { MartRecord } from '../mart-record.ts';
import { ownedMart } from '../owned.ts';
import { StepRefused } from '../step-refused.ts';
import { writing } from '../work.ts';

/** Writes into the ledger where attributes stand on the ladder: intent before anything is stored otherwise. */
export const markAttributes: ActionHandler<'mark-attributes'> = {
  run({ mart: relation, changes }, work) {
    const detail = `${relation}: ${changes.map(({ name, to }) => `${name} ${to}`).join(', ')}`;
    return writing(work, {
      purpose: 'ledger',
      async run(session) {
        const record = await ownedMart({ ledger: work.ledger, session }, relation);
        requireAsPlanned(record, changes);
        const { pruned: before = [], ...mart } = record.mart;
        const since = work.clock.now();
        const pruned = mart.definition.columns.flatMap(({ name }): readonly PrunedAttribute[] => {
          const change = changes.find((each) => each.name === name);
          if (change === undefined) {
            return before.filter((each) => each.name === name);
          }
          const { to, because } = change;
          return to === 'kept' ? [] : [{ name, stage: to, since, because }];
        });
        await work.inside();
        await work.ledger.writeRecord(
          { ...record, mart: pruned.length === 0 ? mart : { ...mart, pruned } },
          session,
        );
        await work.finish(session, detail);
        return { detail, evidence: { changes: changes.length, pruned: pruned.length } };
      },
    });
  },

  async resume() {
    return nothingHappened;
  },
};

function requireAsPlanned({ mart }: MartRecord, changes: readonly AttributeChange[]): void {
  for (const { name, from } of changes) {
    if (!mart.definition.columns.some((column) => column.name === name)) {
      throw new StepRefused(
        'ATTRIBUTE_UNKNOWN',
        `${mart.definition.relation} has no attribute ${name}`,
      );
    }
    const stands = mart.pruned?.find((each) => each.name === name)?.stage ?? 'kept';
    if (stands !== from) {
      throw new StepRefused(
        'ATTRIBUTE_MOVED',
        `${name} of ${mart.definition.relation} is ${stands}, not ${from} as when the plan was made; the next cycle looks at it again`,
      );
    }
  }
}
