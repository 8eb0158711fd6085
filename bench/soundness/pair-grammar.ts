import type { RandomNumbers } from '../../src/prove/random-numbers.ts';
import { pick, randomNumbers } from '../../src/prove/random-numbers.ts';
import { predicateOn } from './predicates.ts';

/** A shop whose references may be NULL, with a composite key, a table without any, and two ways to one table. */
export const GRAMMAR_DDL = `
  create table orders (id integer primary key, customer integer not null, clerk integer, store varchar, sku varchar, total decimal(10,2),
    weight double, state varchar, day date, placed timestamp, paid boolean,
    foreign key (customer) references customers (id), foreign key (clerk) references customers (id),
    foreign key (sku, store) references stock (sku, store));
  create table lines (order_id integer not null, n integer not null, sku varchar, quantity integer, price decimal(10,2),
    foreign key (order_id) references orders (id));
  create table customers (id integer primary key, name varchar, region integer, vip boolean, foreign key (region) references regions (id));
  create table regions (id integer primary key, label varchar not null);
  create table stock (sku varchar, store varchar, amount integer, primary key (sku, store));
  create table events (kind varchar, customer integer, at timestamp, amount integer);
`;

/** Columns by alias, with the kind of value each holds. */
export const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  o: {
    id: 'int',
    customer: 'int',
    clerk: 'int',
    total: 'dec',
    state: 'text',
    day: 'date',
    placed: 'time',
    paid: 'bool',
    store: 'text',
    weight: 'float',
  },
  c: { id: 'int', name: 'text', region: 'int', vip: 'bool' },
  k: { id: 'int', name: 'text', vip: 'bool' },
  r: { id: 'int', label: 'text' },
  l: { order_id: 'int', n: 'int', quantity: 'int', price: 'dec', sku: 'text' },
  s: { sku: 'text', store: 'text', amount: 'int' },
  e: { kind: 'text', customer: 'int', amount: 'int', at: 'time' },
};

const JOINS = [
  { alias: 'c', needs: 'o', table: 'customers', on: 'o.customer = c.id' },
  { alias: 'k', needs: 'o', table: 'customers', on: 'o.clerk = k.id' },
  { alias: 'r', needs: 'c', table: 'regions', on: 'c.region = r.id' },
  { alias: 'l', needs: 'o', table: 'lines', on: 'l.order_id = o.id' },
  { alias: 's', needs: 'o', table: 'stock', on: 'o.sku = s.sku and o.store = s.store' },
  { alias: 'e', needs: 'c', table: 'events', on: 'e.customer = c.id' },
];

interface Join {
  readonly alias: string;
  readonly needs: string;
  readonly table: string;
  readonly on: string;
  readonly kind: string;
}

interface BlockSpec {
  readonly joins: readonly Join[];
  readonly filters: readonly string[];
  readonly keys: readonly string[];
  /** Absent: rows, not groups. */
  readonly measures: readonly string[] | undefined;
  readonly having: string | undefined;
  readonly distinct: boolean;
  readonly sets: boolean;
}

export interface Pair {
  readonly mart: string;
  readonly query: string;
}

/** A mart, and a query made from it by a few changes: often answerable, often only nearly so. */
export function pairOf(seed: number): Pair {
  const random = randomNumbers(seed);
  const held = martSpec(random);
  let asked = held;
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) {
    asked = (pick(CHANGES, random) ?? narrower)(asked, random);
  }
  return { mart: written(held), query: nested(written(asked), random) };
}

function martSpec(random: RandomNumbers): BlockSpec {
  const joins: Join[] = [];
  for (const join of JOINS) {
    const isReachable = join.needs === 'o' || joins.some(({ alias }) => alias === join.needs);
    if (isReachable && random() < 0.35) {
      joins.push({ ...join, on: onOf(join, random), kind: kindOf(random) });
    }
  }
  const aliases = ['o', ...joins.map(({ alias }) => alias)];
  const isGrouped = random() < 0.65;
  const share = isGrouped ? 0.3 : 0.75;
  const columns = columnsOf(aliases).filter(() => random() < share);
  const keys = isGrouped ? columns.map((key) => bucketed(key, random)) : columns;
  return {
    joins,
    filters: random() < 0.3 ? [filterOn(aliases, random)] : [],
    keys: keys.length === 0 ? ['o.id'] : [...new Set(keys)],
    measures: isGrouped ? measuresOn(aliases, random, 6) : undefined,
    having: isGrouped && random() < 0.06 ? 'count(*) > 1' : undefined,
    distinct: !isGrouped && random() < 0.1,
    sets: isGrouped && random() < 0.04,
  };
}

function onOf({ alias, on }: { alias: string; on: string }, random: RandomNumbers): string {
  return random() < 0.12 ? `${on} and ${filterOn([alias], random)}` : on;
}

function kindOf(random: RandomNumbers): string {
  const kind = random();
  return kind < 0.4 ? 'join' : kind < 0.95 ? 'left join' : kind < 0.98 ? 'full join' : 'right join';
}

function columnsOf(aliases: readonly string[]): readonly string[] {
  return aliases.flatMap((alias) =>
    Object.keys(COLUMNS[alias] ?? {}).map((name) => `${alias}.${name}`),
  );
}

function kindOfColumn(column: string): string {
  const [alias = '', name = ''] = column.split('.');
  return COLUMNS[alias]?.[name] ?? 'int';
}

function bucketed(key: string, random: RandomNumbers): string {
  const kind = kindOfColumn(key);
  if ((kind !== 'date' && kind !== 'time') || random() < 0.3) {
    return kind === 'int' && random() < 0.05 ? `${key} + 1` : key;
  }
  const unit = pick(['day', 'week', 'month', 'quarter', 'year'], random) ?? 'month';
  return random() < 0.8 ? `date_trunc('${unit}', ${key})` : `cast(${key} as date)`;
}

function filterOn(aliases: readonly string[], random: RandomNumbers): string {
  const column = pick(columnsOf(aliases), random) ?? 'o.id';
  const other = columnsOf(aliases).filter(
    (each) => each !== column && kindOfColumn(each) === kindOfColumn(column),
  );
  return predicateOn({ column, kind: kindOfColumn(column), others: other }, random);
}

function measuresOn(
  aliases: readonly string[],
  random: RandomNumbers,
  most: number,
): readonly string[] {
  const measures = Array.from({ length: 1 + Math.floor(random() * most) }, () => {
    const column = pick(columnsOf(aliases), random) ?? 'o.id';
    const isNumber = ['int', 'dec', 'float'].includes(kindOfColumn(column));
    const call = pick(isNumber ? NUMBER_CALLS : CALLS, random) ?? 'count(*)';
    const filter = random() < 0.06 ? ` filter (where ${filterOn(aliases, random)})` : '';
    return `${call.replaceAll('$', column)}${filter}`;
  });
  return [...new Set(measures)];
}

const CALLS = ['count(*)', 'count($)', 'min($)', 'max($)', 'count(distinct $)'];
const NUMBER_CALLS = [
  ...CALLS,
  'sum($)',
  'sum($)',
  'sum($)',
  'avg($)',
  'sum($ * 2)',
  'sum(coalesce($, 0))',
  'sum($) / count(*)',
  'sum(case when $ > 1 then $ end)',
  'sum(distinct $)',
];

type Change = (spec: BlockSpec, random: RandomNumbers) => BlockSpec;

function aliasesOf({ joins }: BlockSpec): readonly string[] {
  return ['o', ...joins.map(({ alias }) => alias)];
}

function someOf<Value>(values: readonly Value[], random: RandomNumbers): readonly Value[] {
  return values.filter(() => random() < 0.6);
}

const narrower: Change = (spec, random) => ({
  ...spec,
  keys: someOf(spec.keys, random),
  measures:
    spec.measures && (spec.measures.length > 1 ? someOf(spec.measures, random) : spec.measures),
});

const CHANGES: readonly Change[] = [
  narrower,
  narrower,
  narrower,
  (spec, random) => ({
    ...spec,
    filters: [...spec.filters, filterOn(aliasesOf(spec), random)],
  }),
  (spec, random) => {
    const key = pick(
      spec.keys.filter((each) => /^\w\.\w+$/.test(each)),
      random,
    );
    return key === undefined
      ? spec
      : {
          ...spec,
          filters: [
            ...spec.filters,
            predicateOn({ column: key, kind: kindOfColumn(key), others: [] }, random),
          ],
        };
  },
  (spec, random) => ({ ...spec, filters: someOf(spec.filters, random) }),
  (spec, random) => {
    const at = Math.floor(random() * spec.joins.length);
    const join = spec.joins[at];
    return join === undefined
      ? spec
      : { ...spec, joins: spec.joins.with(at, { ...join, kind: kindOf(random) }) };
  },
  (spec, random) => {
    const last = spec.joins.at(-1);
    const rest = spec.joins.slice(0, -1);
    return last === undefined || random() < 0.3
      ? spec
      : withoutAlias({ ...spec, joins: rest }, last.alias);
  },
  (spec, random) => {
    const join = JOINS.find(
      ({ alias, needs }) =>
        !aliasesOf(spec).includes(alias) && aliasesOf(spec).includes(needs) && random() < 0.5,
    );
    return join === undefined
      ? spec
      : { ...spec, joins: [...spec.joins, { ...join, kind: kindOf(random) }] };
  },
  (spec, random) =>
    spec.measures === undefined
      ? { ...spec, measures: measuresOn(aliasesOf(spec), random, 3) }
      : { ...spec, measures: [...spec.measures, ...measuresOn(aliasesOf(spec), random, 1)] },
  (spec, random) =>
    spec.measures === undefined
      ? { ...spec, distinct: true }
      : { ...spec, having: pick(HAVINGS, random) },
  (spec, random) => ({ ...spec, keys: spec.keys.map((key) => coarser(key, random)) }),
  (spec, random) => ({ ...spec, sets: spec.measures !== undefined && random() < 0.3 }),
  (spec, random) => ({
    ...spec,
    filters: [...spec.filters, pick(SUBQUERIES, random) ?? 'true'],
  }),
];

const HAVINGS = [
  'count(*) > 1',
  'max(o.total) > 1',
  'sum(o.clerk) is not null',
  'count(o.clerk) = 0',
];
const SUBQUERIES = [
  'o.id in (select order_id from lines where quantity > 1)',
  'exists (select 1 from lines x where x.order_id = o.id)',
  'not exists (select 1 from lines x where x.order_id = o.id)',
  'o.clerk not in (select id from customers where vip)',
  'o.customer in (select id from customers)',
];

function coarser(key: string, random: RandomNumbers): string {
  const unit = pick(['month', 'year', 'week'], random) ?? 'year';
  if (key.startsWith('date_trunc')) {
    return key.replace(/'\w+'/, `'${unit}'`);
  }
  return kindOfColumn(key) === 'date' ? `date_trunc('${unit}', ${key})` : key;
}

function withoutAlias(spec: BlockSpec, alias: string): BlockSpec {
  const isKept = (text: string) => !new RegExp(`\\b${alias}\\.`).test(text);
  const measures = spec.measures?.filter(isKept);
  return {
    ...spec,
    joins: spec.joins.filter((join) => isKept(join.on)),
    keys: spec.keys.filter(isKept),
    filters: spec.filters.filter(isKept),
    measures: measures?.length === 0 ? ['count(*)'] : measures,
  };
}

function written(spec: BlockSpec): string {
  const { joins, filters, measures, having, distinct, sets } = spec;
  const keys = measures === undefined && spec.keys.length === 0 ? ['o.id'] : spec.keys;
  const items = [...keys, ...(measures ?? [])].map((expr, at) => `${expr} as x${at}`);
  const from = joins.map(({ kind, table, alias, on }) => ` ${kind} ${table} ${alias} on ${on}`);
  const where = filters.length === 0 ? '' : ` where ${filters.join(' and ')}`;
  const list = sets && keys.length > 1 ? `rollup (${keys.join(', ')})` : keys.join(', ');
  const group = measures === undefined || keys.length === 0 ? '' : ` group by ${list}`;
  const only = having === undefined || measures === undefined ? '' : ` having ${having}`;
  return `select ${distinct ? 'distinct ' : ''}${items.length === 0 ? 'count(*) as x0' : items.join(', ')} from orders o${from.join('')}${where}${group}${only}`;
}

function nested(inner: string, random: RandomNumbers): string {
  const kind = random();
  if (kind < 0.88) {
    return inner;
  }
  if (kind < 0.92) {
    return `select count(*) as n, max(q.x0) as m from (${inner}) q`;
  }
  return kind < 0.96
    ? `with q as (${inner}) select q.x0 as x0, count(*) as x1 from q where q.x0 is not null group by q.x0`
    : `select q.x0 as x0 from (${inner}) q union all select q.x0 from (${inner}) q where q.x0 is not null`;
}
