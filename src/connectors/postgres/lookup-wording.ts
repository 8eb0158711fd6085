import type { LookupWording } from '../lookup-wording.ts';
import { quoteName, quoteRelation, quoteText } from '../quote.ts';

/**
 * A left join to a unique key is left out of the plan of who asks nothing of it, and hashed for who does, where a subquery would go
 * to the index once a row: twelve times slower, measured. No function raises what one likes, so a tombstone is a cast that fails with the message in its words.
 */
export const lookupWording: LookupWording = {
  unique: (table, keys) =>
    `create unique index on ${quoteRelation(table)} (${keys.map(quoteName).join(', ')})`,
  onlyValue: (value) => value,
  raises: (message, { type, of }) =>
    `cast(cast(cast(concat(${quoteText(message)}, left(cast(${of} as text), 0)) as integer) as text) as ${type})`,
};
