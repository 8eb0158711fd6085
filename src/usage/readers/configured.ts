import { fitsGlob } from '../glob.ts';
import type { ReaderRule } from '../reader-settings.ts';
import type { Asker, Recogniser } from '../recogniser.ts';

/** The operator's own rules (`readers.rules`), in order. */
export const configured: Recogniser = {
  id: 'configured',

  recognise(asker) {
    const rule = asker.rules.find((candidate) => fits(candidate, asker));
    if (rule === undefined) {
      return undefined;
    }
    const name = rule.name ?? (asker.user === '' ? asker.client : asker.user);
    return { kind: rule.kind, name, tool: rule.tool ?? asker.tags.tool ?? '' };
  },
};

function fits(rule: ReaderRule, asker: Asker): boolean {
  return (
    (rule.user === undefined || fitsGlob(asker.user, rule.user)) &&
    (rule.client === undefined || fitsGlob(asker.client, rule.client)) &&
    (rule.role === undefined || fitsGlob(asker.role, rule.role))
  );
}
