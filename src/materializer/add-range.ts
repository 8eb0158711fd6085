import type { Session } from '../connectors/connector.ts';
import type { Unfinished } from '../marts/ranges.ts';
import { numberCell, onlyRow } from '../prove/cells.ts';
import { inRanges } from '../prove/range-sql.ts';
import type { ActionOf } from './action-handler.ts';
import { versionMarker } from './marker.ts';
import type { MartRecord } from './mart-record.ts';
import { requireFreeNames } from './require-free-names.ts';
import { createTable, deleteRows, insertRows, selectRows, sortedBy } from './statements.ts';
import { isThere } from './unfinished.ts';
import type { Work } from './work.ts';

/** Adds the rows of the first range that the ledger does not tell of. */
export async function addRange(
  session: Session,
  {
    action,
    work,
    record,
    unfinished,
    mayBeThere,
  }: {
    readonly action: ActionOf<'fill-version'>;
    readonly work: Work;
    readonly record: MartRecord;
    readonly unfinished: Unfinished;
    /** Whoever was cut off before us may have added it without the ledger. */
    readonly mayBeThere: boolean;
  },
): Promise<void> {
  const { mart: relation, table, version, budget, clusteredBy, partedBy } = action;
  const { definition, definitionDigest } = record.mart;
  const { by, bounds, filled } = unfinished;
  const { capabilities } = work.connector;
  const { wording } = session;
  const { names, staged } = wording;
  const where = inRanges([filled.length], { by, bounds, names });
  const timeoutMs = budget.cpuMs + SLACK_MS;
  const options = { purpose: 'build', signal: work.signal, timeoutMs } as const;
  if (
    staged !== undefined &&
    filled.length === 0 &&
    !(await isThere(session, record, unfinished))
  ) {
    await requireFreeNames(session, action);
    const made = createTable(table, {
      columns: definition.columns,
      select: selectRows({ definition, where, wording }),
      wideIntegerOption: capabilities.wideIntegerOption,
      comment: versionMarker(relation, version, definitionDigest),
      clusteredBy,
      partedBy,
      names,
      staged,
    });
    for (const sql of made) {
      await session.execute(sql, options);
    }
    return;
  }
  if (staged !== undefined && mayBeThere) {
    const count = `select count(*) from ${names.relation(table)} where ${where}`;
    if (numberCell(onlyRow(await session.query(count, options))[0]) > 0) {
      await session.execute(deleteRows(table, { where, wording }), options);
      await work.inside();
    }
  }
  const order = sortedBy(action, capabilities);
  await session.execute(insertRows(table, { definition, where, order, wording }), options);
}

/** Wall time beyond the cpu budget before a step is cancelled: for waiting, not for working. */
const SLACK_MS = 30_000;
