import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import type { FaultPoint } from '../../../src/materializer/faults.ts';
import { START, workOn } from '../../conformance/loop-world.ts';
import { addressOf, wait } from '../../servers/postgres-identities.ts';
import { LIFE_SUBJECT, lifeActions } from './killed-life.ts';

/** Does the life's steps from one on and kills itself, as hard as it gets, at one point of it. */
const [host = '', port = '', database = '', step = '', moment = '', nth = ''] =
  process.argv.slice(2);
const at = { host, port: Number(port), database };
const connector = await openPostgres({
  name: 'child',
  reader: addressOf(at, 'reader'),
  writer: addressOf(at, 'writer'),
  sleep: wait,
});
const world = await workOn({ connector }, { subject: LIFE_SUBJECT, now: START });
const action = lifeActions[Number(step)];
if (action === undefined) {
  throw new Error(`no step ${step}`);
}

function dieAt(point: FaultPoint): void {
  if (point.moment === moment && point.nth === Number(nth)) {
    process.kill(process.pid, 'SIGKILL');
  }
}

await world.apply([action], { faults: dieAt });
throw new Error(`survived: step ${step} has no point ${moment} ${nth}`);
