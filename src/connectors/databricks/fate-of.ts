import { findStatement, type StatementFate } from './find-statement.ts';
import type { DatabricksAddress, SessionPool } from './session-pool.ts';

/** The query history tells a statement within seconds; one that runs is waited for. */
const LOOKS = 6;
const LOOK_EVERY_MS = 1_000;

/** Looks until the statement has ended, or the history has had time to tell it. */
export async function fateOf({
  mark,
  sentAfter,
  pool,
  address,
  sleep,
}: {
  readonly mark: string;
  readonly sentAfter: number;
  readonly pool: Pick<SessionPool, 'signIn'>;
  readonly address: Pick<DatabricksAddress, 'workspace'>;
  readonly sleep: (ms: number) => Promise<void>;
}): Promise<StatementFate> {
  let unknown = 0;
  for (;;) {
    const token = await pool.signIn.token();
    const { workspace } = address;
    const fate = await findStatement({ mark, workspace, token, sentAfter });
    if (fate.is === 'finished' || fate.is === 'failed') {
      return fate;
    }
    unknown += fate.is === 'unknown' ? 1 : 0;
    if (unknown >= LOOKS) {
      return fate;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
