import { openConnector } from '../../src/connectors/open-connector.ts';
import { warehouseSettings } from '../../src/connectors/settings.ts';
import type { Action } from '../../src/plan/action.ts';
import { dyingConnector } from './dying-connector.ts';
import { type LoopSubject, START, workOn } from './loop-world.ts';

/** Does one step beside a server of its parent's and kills itself, as hard as it gets, behind one write of it. */
const [told = '{}', write = ''] = process.argv.slice(2);
const { warehouse, subject, action } = JSON.parse(told) as {
  readonly warehouse: unknown;
  readonly subject: Pick<LoopSubject, 'schema'>;
  readonly action: Action;
};
const connector = await openConnector({ settings: warehouseSettings.parse(warehouse) });
const dying = dyingConnector(connector, { after: Number(write), how: 'killed' });
void dying.died.then(() => process.kill(process.pid, 'SIGKILL'));
const world = await workOn(dying, { subject, now: START });
await world.apply([action]);
throw new Error(`survived: ${action.kind} has no write ${write}`);
