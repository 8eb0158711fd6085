/**
 * Time to match one query of a four-table star against 1 to 1,000 different marts over the same tables: `node bench/match.ts`.
 * Parsing and resolving are not part of it; marts are indexed once, as the daemon does. Milliseconds of the thread's processor time,
 * each query asked often enough for the clock to tell, so that other processes count little.
 */
import { relationId } from '../src/base/relation.ts';
import { readDdl } from '../src/cli/read-ddl.ts';
import { parseOne } from '../src/parsers/parse-one.ts';
import { dialectOf } from '../src/sql/dialects.ts';
import { declaredFacts } from '../src/sql/match/declared-facts.ts';
import type { MartView } from '../src/sql/match/match.ts';
import { matchQuery } from '../src/sql/match/match.ts';
import type { NormalQuery } from '../src/sql/normal-query.ts';
import { normalize } from '../src/sql/normalize/normalize.ts';
import type { ParseSql } from '../src/sql/parse-sql.ts';
import { bindQuery } from '../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../src/sql/schema-index.ts';

const DDL = `
  create table lines (order_id integer not null references orders (id), product integer not null references products (id),
    quantity integer, price decimal(10,2), shipped date, mode varchar, flag varchar, store integer);
  create table orders (id integer primary key, customer integer not null references customers (id), day date, state varchar, channel varchar, clerk integer);
  create table customers (id integer primary key, segment varchar, city varchar, region varchar);
  create table products (id integer primary key, brand varchar, category varchar, size integer);
`;
const STAR =
  'lines l join orders o on l.order_id = o.id join customers c on o.customer = c.id join products p on l.product = p.id';
const KEYS = [
  'o.day',
  'o.state',
  'o.channel',
  'o.clerk',
  'c.segment',
  'c.city',
  'c.region',
  'p.brand',
  'p.category',
  'p.size',
  'l.shipped',
  'l.mode',
  'l.flag',
  'l.store',
  "date_trunc('month', o.day)",
];
const MEASURES = [
  'sum(l.price)',
  'sum(l.quantity)',
  'count(*)',
  'min(l.price)',
  'max(l.price)',
  'count(l.quantity)',
  'max(o.day)',
];
const FILTERS = [
  "o.state = 'paid'",
  "o.day >= '2024-01-01'",
  'l.quantity > 0',
  "c.region = 'north'",
  "p.size > 3 and l.mode <> 'air'",
];

/** The clock of a thread's time may tick every four milliseconds. */
const ROUNDS = 50;

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));
const dialect = dialectOf('duckdb');
const schema = await readDdl({ ddl: DDL, dialect, names: {} }, parse);
const facts = declaredFacts(schema, { trustKeys: true });
const tables = indexSchema(schema, dialect);
const random = randomFrom(7);

const queries = await Promise.all(
  Array.from({ length: 60 }, () => normalized(statement({ keys: 2, measures: 2, filters: 2 }))),
);
process.stdout.write('marts  outcome  queries  median ms  95 % ms\n');
for (const count of [1, 10, 100, 1000]) {
  const marts = await Promise.all(Array.from({ length: count }, (_, index) => martView(index)));
  const times = new Map<string, number[]>();
  for (const query of queries) {
    const { kind } = matchQuery({ query, marts, schema, dialect: 'duckdb' });
    const from = threadMs();
    for (let round = 0; round < ROUNDS; round += 1) {
      matchQuery({ query, marts, schema, dialect: 'duckdb' });
    }
    const spent = (threadMs() - from) / ROUNDS;
    times.set(kind, [...(times.get(kind) ?? []), spent]);
    times.set('all', [...(times.get('all') ?? []), spent]);
  }
  for (const [kind, spent] of times) {
    const sorted = spent.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(3);
    process.stdout.write(
      `${String(count).padStart(5)}  ${kind.padEnd(7)}  ${String(sorted.length).padStart(7)}  ${at(0.5).padStart(9)}  ${at(0.95).padStart(6)}\n`,
    );
  }
}
process.exit(0);

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function martView(index: number): Promise<MartView> {
  const query = await normalized(
    statement({ keys: 4, measures: 3, filters: index % 3 === 0 ? 1 : 0 }),
  );
  return {
    relation: relationId({ schema: 'gold', name: `mart_${index}` }),
    query,
    columns: query.outputs.map((name) => ({ name, type: '' })),
    facts,
    sameSnapshot: true,
  };
}

function statement(sizes: {
  readonly keys: number;
  readonly measures: number;
  readonly filters: number;
}): string {
  const keys = some(KEYS, sizes.keys);
  const items = [...keys, ...some(MEASURES, sizes.measures)].map(
    (expr, index) => `${expr} as x${index}`,
  );
  const filters = some(FILTERS, sizes.filters);
  const where = filters.length === 0 ? '' : ` where ${filters.join(' and ')}`;
  return `select ${items.join(', ')} from ${STAR}${where} group by ${keys.join(', ')}`;
}

async function normalized(sql: string): Promise<NormalQuery> {
  const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
  const statementOf = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statementOf?.kind !== 'query') {
    throw new Error(`not read: ${sql}`);
  }
  return normalize(bindQuery(statementOf.query, { schema: tables, names: {}, dialect }).query);
}

function some(values: readonly string[], most: number): readonly string[] {
  const left = [...values];
  return Array.from({ length: 1 + Math.floor(random() * most) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
