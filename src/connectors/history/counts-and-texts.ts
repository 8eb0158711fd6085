import { cellText } from '../cell-text.ts';
import type { Connector } from '../connector.ts';
import type { HourlyStatements, Hours } from './hourly-statements.ts';

export interface CountsAndTextsSql {
  /** Gives an hour's beginning, in milliseconds since 1970, and its runs. */
  readonly counts: (hours: Hours) => string;
  /** Gives a statement's id and its text. */
  readonly texts: (ids: readonly string[], hours: Hours) => string;
}

/** The two questions about closed hours that every warehouse answers in two columns, asked in its own SQL. */
export function countsAndTexts(
  connector: Pick<Connector, 'query'>,
  sql: CountsAndTextsSql,
): Pick<HourlyStatements, 'counts' | 'texts'> {
  const purpose = 'history';
  return {
    async counts(hours, { signal }) {
      const { rows } = await connector.query(sql.counts(hours), { purpose, signal });
      return new Map(rows.map(([hour, runs]) => [Number(hour), Number(runs)]));
    },
    async texts(ids, hours, { signal }) {
      const { rows } = await connector.query(sql.texts(ids, hours), { purpose, signal });
      return new Map(rows.map(([id, text]) => [cellText(id), cellText(text)]));
    },
  };
}
