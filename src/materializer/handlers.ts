import type { Action, ActionKind } from '../plan/action.ts';
import type { ActionHandler, Done, Resumed, StepWork } from './action-handler.ts';
import { adoptTable } from './handlers/adopt-table.ts';
import { adoptView } from './handlers/adopt-view.ts';
import { buildVersion } from './handlers/build-version.ts';
import { createMart } from './handlers/create-mart.ts';
import { dropVersion } from './handlers/drop-version.ts';
import { fillVersion } from './handlers/fill-version.ts';
import { followSource } from './handlers/follow-source.ts';
import { holdVersion } from './handlers/hold-version.ts';
import { markAttributes } from './handlers/mark-attributes.ts';
import { refreshVersion } from './handlers/refresh-version.ts';
import { releaseMart } from './handlers/release-mart.ts';
import { repointView } from './handlers/repoint-view.ts';
import type { Work } from './work.ts';

/** One handler a verb: a verb without one does not compile. */
const HANDLERS: { readonly [Kind in ActionKind]: ActionHandler<Kind> } = {
  'create-mart': createMart,
  'adopt-view': adoptView,
  'adopt-table': adoptTable,
  'build-version': buildVersion,
  'fill-version': fillVersion,
  'refresh-version': refreshVersion,
  'repoint-view': repointView,
  'hold-version': holdVersion,
  'follow-source': followSource,
  'drop-version': dropVersion,
  'release-mart': releaseMart,
  'mark-attributes': markAttributes,
};

export function runAction<Kind extends ActionKind>(
  action: Extract<Action, { readonly kind: Kind }>,
  work: StepWork,
): Promise<Done> {
  const handler: ActionHandler<Kind> = HANDLERS[action.kind as Kind];
  return handler.run(action, work);
}

export function resumeAction<Kind extends ActionKind>(
  action: Extract<Action, { readonly kind: Kind }>,
  work: Work,
): Promise<Resumed> {
  const handler: ActionHandler<Kind> = HANDLERS[action.kind as Kind];
  return handler.resume(action, work);
}
