import { applyPlan } from '../../src/materializer/apply-plan.ts';
import type { FaultPoint } from '../../src/materializer/faults.ts';
import type { ActionKind } from '../../src/plan/action.ts';
import { SCENARIOS } from './scenarios.ts';
import { aPlan, openWorkshop } from './workshop.ts';

/** Does one scenario's step on an existing file and kills itself, as hard as it gets, at one point; `warm-up` only compiles. */
const [path = '', verb = '', scenario = '0', moment = '', nth = '0'] = process.argv.slice(2);

if (verb === 'warm-up') {
  process.exit(0);
}
const chosen = SCENARIOS[verb as ActionKind][Number(scenario)];
if (chosen === undefined) {
  throw new Error(`no scenario ${verb} ${scenario}`);
}
const shop = await openWorkshop({ path, seed: false, now: chosen.at });

function dieAt(point: FaultPoint): void {
  if (point.verb === verb && point.moment === moment && point.nth === Number(nth)) {
    process.kill(process.pid, 'SIGKILL');
  }
}

await applyPlan(aPlan([chosen.action], chosen.at), shop.parts({ faults: dieAt }));
throw new Error(`survived: ${verb} has no point ${moment} ${nth}`);
