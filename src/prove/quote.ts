/** As the warehouse inside the process takes them; for others `session.wording.names`. */
export { derived, quoteName, quoteRelation, quoteText } from '../connectors/quote.ts';
