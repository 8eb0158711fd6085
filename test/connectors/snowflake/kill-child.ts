import { openConfiguredSnowflake } from '../../../src/connectors/snowflake/open-configured.ts';
import type { SnowflakeSettings } from '../../../src/connectors/snowflake/settings.ts';
import { dyingConnector } from '../../conformance/dying-connector.ts';
import { START, workOn } from '../../conformance/loop-world.ts';
import { killedActions, NAMED } from './killed-life.ts';

/** Does one step against a server of its parent's and kills itself, as hard as it gets, behind one write of it. */
const [settings = '{}', step = '', write = ''] = process.argv.slice(2);
const connector = await openConfiguredSnowflake({
  name: 'child',
  connections: 4,
  settings: JSON.parse(settings) as SnowflakeSettings,
  readOnly: false,
});
const dying = dyingConnector(connector, { after: Number(write), how: 'killed' });
void dying.died.then(() => process.kill(process.pid, 'SIGKILL'));
const world = await workOn(dying, { subject: NAMED, now: START });
const action = killedActions[Number(step)];
if (action === undefined) {
  throw new Error(`no step ${step}`);
}
await world.apply([action]);
throw new Error(`survived: step ${step} has no write ${write}`);
