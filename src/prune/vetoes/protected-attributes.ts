import { fitsGlob } from '../../usage/glob.ts';
import type { Veto } from '../veto.ts';

/** The operator said so; database and schema may be left out of a pattern. */
export const protectedAttributes: Veto = {
  id: 'protected-attributes',

  objects({ attribute, of, settings }) {
    const names = [attribute.name, `${of.relation}.${attribute.name}`];
    const pattern = settings.protected.find((each) =>
      names.some((name) => fitsGlob(name, each) || fitsGlob(name, `*.${each}`)),
    );
    return pattern === undefined
      ? undefined
      : { because: `prune.protected says so: ${pattern}`, evidence: { pattern } };
  },
};
