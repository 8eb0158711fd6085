import type { LookupWording } from '../lookup-wording.ts';
import { quoteText } from './quote.ts';

/** A subquery must be seen to give one row, so its value is aggregated. ERROR takes the type of what it stands beside. */
export const lookupWording: LookupWording = {
  onlyValue: (value) => `any_value(${value})`,
  raises: (message, { type, of }) =>
    `if(length(to_json_string(${of})) >= 0, error(${quoteText(message)}), cast(null as ${type}))`,
};
