/** Numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) {
    throw new Error('nothing to pick from');
  }
  return value;
}

function some<T>(
  values: readonly T[],
  { random, share }: { readonly random: Random; readonly share: number },
): readonly T[] {
  return values.filter(() => random() < share);
}

const JOINS = [
  { table: 'customers c', needs: 'o', on: ['o.customer = c.id'] },
  { table: 'regions r', needs: 'c', on: ['c.region = r.id'] },
  { table: 'lines l', needs: 'o', on: ['l.order_id = o.id'] },
  { table: 'customers k', needs: 'o', on: ['o.clerk = k.id'] },
  { table: 'customers n', needs: 'o', on: ['o.clerk is not distinct from n.region'] },
];
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  o: ['o.id', 'o.customer', 'o.total', 'o.state', 'o.clerk', 'o.day', 'o.placed'],
  c: ['c.id', 'c.name', 'c.region', 'c.vip'],
  r: ['r.id', 'r.label'],
  l: ['l.order_id', 'l.sku', 'l.quantity', 'l.price'],
  k: ['k.id', 'k.name'],
  n: ['n.id', 'n.region'],
};
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  o: [
    'o.total > 1',
    'o.total >= 2',
    'o.total between 1 and 3',
    "o.state = 'a'",
    "o.state in ('a', 'b')",
    "o.state <> 'b'",
    'o.clerk is not null',
    'o.clerk = 1 or o.clerk = 2',
    'o.clerk <> 1',
    "o.day >= '2024-02-01'",
    "o.day < date '2024-03-01'",
    "o.placed >= '2024-02-01'",
    "o.placed < '2024-02-01 12:30:00'",
    'o.state is null',
    'not (o.clerk > 1)',
    'o.customer = o.clerk',
    "o.state is distinct from 'a'",
    'o.id in (select order_id from lines where quantity > 1)',
    'o.clerk not in (1, 2)',
    'exists (select 1 from lines x where x.order_id = o.id)',
    'o.total > 1 and o.clerk < 3',
    'coalesce(o.clerk, 0) = 0',
    'o.customer in (select id from customers)',
    'exists (select 1 from customers y where y.id = o.customer and y.vip)',
    'o.clerk in (select id from regions where id > 0)',
    'not exists (select 1 from lines x where x.order_id = o.id)',
    'not exists (select 1 from customers y where y.id = o.clerk)',
    'o.clerk not in (select id from customers)',
    'o.customer not in (select id from regions)',
  ],
  c: [
    'c.vip',
    'c.region = 1',
    'c.name is null',
    "c.name <> 'a'",
    'c.region > 0',
    'c.id = o.clerk',
    "coalesce(c.name, 'z') = 'z'",
  ],
  r: ["r.label = 'a'", 'r.id is null', 'r.id <> 1'],
  l: ['l.quantity > 1', 'l.quantity is null', 'l.price >= 1', "l.sku like 'a%'"],
  k: ["k.name = 'a'", 'k.id is not null', 'k.region is null'],
  n: ['o.clerk = n.region', 'n.vip', 'n.region > 0'],
};
const KEYS: Readonly<Record<string, readonly string[]>> = {
  ...COLUMNS,
  o: [
    'o.state',
    'o.clerk',
    'o.day',
    "date_trunc('month', o.day)",
    "date_trunc('day', o.placed)",
    'o.customer',
    'cast(o.placed as date)',
    'o.clerk + 1',
    "date_trunc('month', o.placed)",
  ],
};
const MEASURES: Readonly<Record<string, readonly string[]>> = {
  o: [
    'sum(o.total)',
    'count(*)',
    'count(o.clerk)',
    'min(o.total)',
    'max(o.state)',
    'avg(o.clerk)',
    'sum(o.clerk)',
    'count(distinct o.state)',
    'count(o.total)',
    'count(o.customer)',
    'sum(o.total) / count(*)',
    'count(*) filter (where o.clerk > 1)',
    'sum(o.total) filter (where o.customer = 1)',
    'count(distinct o.clerk)',
    'bool_and(o.clerk > 1)',
    'max(o.clerk + o.customer)',
    '(select count(*) from regions)',
    'sum(case when o.clerk > 1 then o.total end)',
    'median(o.clerk)',
    'sum(distinct o.clerk)',
  ],
  c: ['count(c.id)', 'max(c.region)', 'sum(c.region)', 'count(distinct c.name)', 'bool_or(c.vip)'],
  r: ['count(r.id)', 'max(r.label)'],
  l: ['sum(l.quantity)', 'sum(l.price)', 'avg(l.quantity)', 'min(l.price)', 'count(l.order_id)'],
  k: ['count(k.id)', 'min(k.name)'],
};

interface Skeleton {
  readonly from: string;
  readonly aliases: readonly string[];
  readonly on: readonly string[];
}

function skeleton(random: Random, base?: Skeleton): Skeleton {
  const reuse = base !== undefined && random() < 0.7;
  let from = reuse ? otherJoins(base.from, random) : 'orders o';
  const aliases = [...(reuse ? base.aliases : ['o'])];
  for (const join of JOINS) {
    const alias = join.table.split(' ')[1] ?? '';
    if (
      !aliases.includes(join.needs) ||
      aliases.includes(alias) ||
      random() < (reuse ? 0.92 : 0.55)
    ) {
      continue;
    }
    const kind = pick(
      ['join', 'left join', 'left join', 'full join'].slice(0, random() < 0.15 ? 4 : 3),
      random,
    );
    const more = random() < 0.12 ? ` and ${pick(FILTERS[alias] ?? ['true'], random)}` : '';
    from += ` ${kind} ${join.table} on ${join.on.join(' and ')}${more}`;
    aliases.push(alias);
  }
  return { from, aliases, on: [] };
}

/** The same joins, now and then of another kind. */
function otherJoins(from: string, random: Random): string {
  return from.replaceAll(/(?:left |full )?join/g, (kind) =>
    random() < 0.25 ? pick(['join', 'left join', 'full join'], random) : kind,
  );
}

function list(
  table: Readonly<Record<string, readonly string[]>>,
  aliases: readonly string[],
): readonly string[] {
  return aliases.flatMap((alias) => table[alias] ?? []);
}

function statement(
  random: Random,
  {
    skeleton: { from, aliases },
    share,
    filters,
  }: { readonly skeleton: Skeleton; readonly share: number; readonly filters: readonly string[] },
): string {
  const where = filters.length === 0 ? '' : ` where ${filters.join(' and ')}`;
  const kind = random();
  const named = (exprs: readonly string[]): string =>
    exprs.map((expr, index) => `${expr} as x${index}`).join(', ');
  if (kind < 0.35) {
    const columns = some(list(COLUMNS, aliases), { random, share });
    const distinct = random() < 0.15 ? 'distinct ' : '';
    return `select ${distinct}${named(columns.length === 0 ? ['o.id'] : columns)} from ${from}${where}`;
  }
  const keys = some(list(KEYS, aliases), { random, share: share * 0.55 });
  const measures = some(list(MEASURES, aliases), { random, share });
  const items = [...keys, ...measures];
  const having = random() < 0.16 ? ` having ${pick(HAVINGS, random)}` : '';
  const group = keys.length === 0 ? '' : ` group by ${grouping(random, keys)}`;
  const distinct = random() < 0.06 ? 'distinct ' : '';
  const hidden = random() < 0.06 && keys.length > 1 ? items.slice(1) : items;
  return `select ${distinct}${named(measures.length === 0 ? [...hidden, 'count(*)'] : hidden)} from ${from}${where}${group}${having}`;
}

const HAVINGS = [
  'count(*) > 1',
  'max(o.total) > 1',
  'sum(o.clerk) is not null',
  'count(*) > (select count(*) from regions)',
  'count(*) in (select count(*) from customers)',
];

function grouping(random: Random, keys: readonly string[]): string {
  const kind = random();
  if (kind < 0.06) {
    return `rollup (${keys.join(', ')})`;
  }
  return kind < 0.1
    ? `grouping sets (${keys.map((key) => `(${key})`).join(', ')})`
    : keys.join(', ');
}

/** The statement inside another one, as views and common table expressions nest them. */
function nested(random: Random, inner: string): string {
  const kind = random();
  if (kind < 0.88) {
    return inner;
  }
  if (kind < 0.91) {
    return `select count(*) as n from (${inner}) q`;
  }
  if (kind < 0.94) {
    return `with q as (${inner}) select q.x0 as x0, count(*) as x1 from q where q.x0 is not null group by q.x0`;
  }
  return kind < 0.97
    ? `select max(q.x0) as x0 from (${inner}) q`
    : `select q.x0 as x0 from (${inner}) q union all select q.x0 from (${inner}) q where q.x0 is not null`;
}

/** A mart and a query over the shop that may well be answered from it. */
export function randomPair(seed: number): { readonly mart: string; readonly query: string } {
  const random = randomFrom(seed);
  const asked = skeleton(random);
  const held = skeleton(random, asked);
  const filters = some(list(FILTERS, asked.aliases), { random, share: 0.06 });
  const kept = random() < 0.75 ? [] : some(list(FILTERS, held.aliases), { random, share: 0.04 });
  const common = some(filters, { random, share: 0.3 }).filter((filter) =>
    held.aliases.includes(filter.slice(0, 1)),
  );
  return {
    mart: statement(random, { skeleton: held, share: 0.92, filters: [...kept, ...common] }),
    query: nested(random, statement(random, { skeleton: asked, share: 0.15, filters })),
  };
}
