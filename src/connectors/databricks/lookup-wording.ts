import type { LookupWording } from '../lookup-wording.ts';
import { databricksNames } from './names.ts';

/** A correlated subquery has to be aggregated. What raises an error is never folded into a constant. */
export const lookupWording: LookupWording = {
  onlyValue: (value) => `any_value(${value})`,
  raises: (message, { type }) => `cast(raise_error(${databricksNames.text(message)}) as ${type})`,
};
