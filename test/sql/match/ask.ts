import type { MatchAnswer } from '../../../src/cli/match-line.ts';
import { answerMatchLine } from '../../../src/cli/match-line.ts';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import type { ParseSql } from '../../../src/sql/parse-sql.ts';

export const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

/** A small shop: orders, their lines, customers, regions. */
export const SHOP = `
  create table orders (id integer primary key, customer integer not null, placed timestamp, day date, total decimal(10,2),
    weight double, state varchar, clerk integer, foreign key (customer) references customers (id));
  create table lines (order_id integer not null, n integer not null, sku varchar, quantity integer, price decimal(10,2),
    foreign key (order_id) references orders (id));
  create table customers (id integer primary key, name varchar, region integer, vip boolean);
  create table regions (id integer primary key, label varchar not null);
`;

export interface Asked {
  readonly mvs: readonly string[] | Readonly<Record<string, string>>;
  readonly query: string;
  readonly trust?: boolean;
  readonly ddl?: string;
}

/** Asks as `goldsmith match` would. */
export function ask({ mvs, query, trust = true, ddl = SHOP }: Asked): Promise<MatchAnswer> {
  return answerMatchLine(
    { id: 1, dialect: 'duckdb', ddl, mvs, query },
    { parse, trustDeclaredKeys: trust },
  );
}

/** The rewritten text on one line, or the code of the nearest reason. */
export async function outcomeOf(asked: Asked): Promise<string> {
  const { sql, because } = await ask(asked);
  return sql?.replaceAll(/\s+/g, ' ') ?? because?.[0]?.code ?? '';
}
