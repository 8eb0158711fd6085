import type { DialectName } from '../../../src/sql/dialect.ts';

/** Tables whose columns are awkward to name. */
export const AWKWARD = `
  create table orders (id integer, customer integer, placed timestamp, day date, total decimal(10,2), state varchar,
    clerk integer, "Odd name" integer, "from" varchar, "range" integer, "row" integer);
  create table customers (id integer, name varchar, region integer, vip boolean);
  create table parcels (id integer, size struct, tags varchar[], "odd size" struct);
`;

/** What every dialect says in the same words. */
const COMMON = [
  'select state, sum(total) as s, count(*) as n from orders group by state',
  "select o.state, c.name, sum(o.total) / count(*) as a from orders o join customers c on o.customer = c.id where o.day >= date '2024-01-01' and o.day < date '2024-02-01' group by o.state, c.name",
  'select o.state, c.id from orders o left join customers c on o.customer = c.id and c.vip = true where c.id is null',
  'select o.state from orders o full join customers c on o.customer = c.id',
  'select o.state from orders o cross join customers c',
  'select state from orders order by total desc nulls last, id nulls first limit 3',
  'select cast(total as decimal(12,3)) as d from orders',
  "select state || '-' || state as c from orders",
  "select case when total > 1 then 'a' else 'b' end as k from orders where state like 'a%' and state not like '%b_'",
  'select coalesce(sum(total), 0) as s, min(day) as d from orders',
  'select extract(year from day) as y, extract(month from day) as m from orders',
  'select id from orders where id in (select id from customers where vip) and exists (select 1 from customers c where c.id = orders.customer)',
  'select id, rank() over (partition by state order by total desc) as r, sum(total) over (order by id rows between unbounded preceding and current row) as q from orders',
  'select distinct state from orders',
  'select count(distinct customer) as n from orders having count(*) > 3',
  'select id from orders union all select id from customers',
  'select id - (clerk - 1) as a, -(-id) as b, id * (clerk + 1) as c, id / (clerk / 2) as d, (id + 1) / 2 as e, -id as f from orders',
  "select id from orders where not (state = 'a' or clerk > 1) and (total between 1 and 2 or total not between 5 and 6)",
  "select id from orders where state in ('a', 'b') and clerk not in (1, 2)",
  'select id from orders where (total > 1) = (clerk > 2)',
  "select id from orders where not state = 'a' and not (clerk is null)",
  "select case state when 'a' then 1 when 'b' then 2 end as k from orders",
  'select t.s from (select state as s, max(total) as m from orders group by state) t where t.m > 1',
  'with x as (select state, sum(total) as m from orders group by state) select a.state from x a join x b on a.state = b.state',
  "select placed from orders where placed >= timestamp '2024-01-01 00:00:00'",
  'select (select max(id) from customers) as m from orders',
  "select 1.50 as a, 2e3 as b, null as c, true as d, 'x' as e from orders",
  'select state, clerk, sum(total) as s from orders group by grouping sets ((state, clerk), (state), ())',
  'select state, clerk, sum(total) as s from orders group by rollup (state, clerk)',
];

const PLAIN_SETS = ['union', 'intersect', 'except'].map(
  (op) => `select id from orders ${op} select id from customers`,
);
const LIMITS = ['select state from orders order by id limit 3 offset 2'];
const QUOTED = [
  'select "Odd name" as "Out name", "from" from orders',
  'select o."range" as r, "row" as "values" from orders o',
  "select id from orders where state = 'it''s'",
];
const TICKED = [
  'select `Odd name` as `Out name`, `from` from orders',
  'select o.`range` as r, `row` as `values` from orders o',
];
const SLASHED = String.raw`select id from orders where state = 'it\'s' or state = 'a\\b' or state = 'a\nb'`;
const FIRST_OF_EACH =
  'select id from orders qualify row_number() over (partition by state order by id) = 1';

/** Fields of structs and elements of arrays. */
const FIELDS = [
  'select size.x as x, p.size.y.z as z, max(size.x) as q from parcels p group by size.x, p.size.y.z',
  'select tags[1] as e, p.tags[id + 1] as f from parcels p',
];

const LAKE = [
  ...FIELDS,
  ...COMMON,
  ...PLAIN_SETS,
  ...LIMITS,
  ...TICKED,
  SLASHED,
  "select date_trunc('MONTH', placed) as m, trunc(day, 'MM') as t, date_add(day, 3) as d, day + interval 3 days as i, day + interval '3' day as j, id % 2 as p from orders",
  "select if(clerk = 1, 'a', 'b') as c, nvl(clerk, 0) as n, state rlike 'a.*' as r, state ilike 'A' as l, id <=> 3 as e, try_cast(state as int) as t from orders",
  'select collect_set(state) as s, percentile_approx(total, 0.5) as p, any_value(state) as a from orders',
  'select id from orders o left semi join customers c on o.customer = c.id',
  'select id from orders o left anti join customers c on o.customer = c.id',
  String.raw`select "dq" as t, r'a\d' as r from orders`,
  "select cast(placed as timestamp_ntz) as z, current_date() as c, array(1, id) as b, timestamp'2024-01-01' as w from orders",
];

/** People's own texts, by dialect: what marts and rewrites are made of. */
export const TEXTS: Readonly<Partial<Record<DialectName, readonly string[]>>> = {
  duckdb: [
    ...COMMON,
    ...PLAIN_SETS,
    ...LIMITS,
    ...QUOTED,
    "select date_trunc('month', day) as m, day + interval 3 day as d, day + interval '1 month' as e, total::integer as i, id % 2 as p from orders",
    String.raw`select try_cast(state as integer) as i, state ilike 'A%' as b, regexp_matches(state, '^a\d') as r from orders`,
    "select count(*) filter (where vip) as n, string_agg(name, ',' order by id) as s from customers",
    'select distinct on (state) state, id from orders order by state, id',
    FIRST_OF_EACH,
    'select quantile_cont(total, 0.5) as m, percentile_cont(0.5) within group (order by total) as p from orders',
    'select id from orders where [1, 2] = [id, 2] and (id, clerk) = (1, 2)',
    'select id from orders o semi join customers c on o.customer = c.id',
    'select id from orders o anti join customers c on o.customer = c.id',
    'select id from orders where id = any (select id from customers) and id > all (select region from customers)',
    "select id from orders where placed at time zone 'UTC' > (day at time zone 'UTC')",
    ...FIELDS,
    'select "odd size"."Field Two" as x, (case when id = 1 then tags end)[1] as y from parcels',
    "select id from orders where state similar to 'a|b' and state not similar to 'c'",
    'select 7 - -3 as a, - (-3) as b, clerk - -clerk as c from orders',
  ],
  postgres: [
    ...COMMON,
    ...PLAIN_SETS,
    ...LIMITS,
    ...QUOTED,
    "select date_trunc('month', placed) as m, day + interval '3 days' as d, day + interval '1' month as e, total::integer as i from orders",
    "select state ilike 'A%' as b, state ~* 'a' as r, state !~ 'x' as q, clerk is distinct from 3 as x from orders",
    "select count(*) filter (where vip) as n, string_agg(name, ',' order by id) as s from customers",
    'select distinct on (state) state, id from orders order by state, id',
    'select percentile_cont(0.5) within group (order by total) as p from orders',
    'select id from orders where id = any (array[1, 2]) and (id, clerk) = (1, 2)',
    String.raw`select array[id, 2] as a, 'a\b' as t from orders`,
    'select (size).x as x, (p.size).y as z, tags[1] as e from parcels p',
    "select placed at time zone 'UTC' as z, extract(hour from placed at time zone 'UTC') as h, (placed at time zone 'UTC') + interval '1 hour' as i from orders",
    "select extract(epoch from placed) as e, date_part('year', day) as y, to_char(day, 'YYYY-MM') as m from orders",
  ],
  redshift: [
    ...COMMON,
    ...PLAIN_SETS,
    ...LIMITS,
    ...QUOTED,
    "select date_trunc('month', placed) as m, dateadd(day, 3, day) as d, datediff(month, day, placed) as f, total::integer as i from orders",
    "select state ilike 'A%' as b, nvl(clerk, 0) as n, decode(state, 'a', 1, 2) as c, getdate() as g from orders",
    "select listagg(state, ',') within group (order by id) as s from orders",
    FIRST_OF_EACH,
  ],
  snowflake: [
    ...COMMON,
    ...PLAIN_SETS,
    ...LIMITS,
    ...QUOTED,
    SLASHED,
    "select date_trunc('month', placed) as m, dateadd(day, 3, day) as d, datediff('day', day, placed) as f, total::number(10,0) as i from orders",
    "select state ilike 'A%' as b, iff(clerk = 1, 'a', 'b') as c, nvl(clerk, 0) as n, try_cast(state as number(10,2)) as t, div0(total, clerk) as v from orders",
    "select listagg(state, ',') within group (order by id) as s, count_if(clerk = 1) as n from orders",
    FIRST_OF_EACH,
    "select day + interval '3 days' as d, state::timestamp_ntz as z, current_date() as c, current_timestamp as e from orders",
    "select state regexp 'a.*' as r, state rlike 'b' as l, id from orders where state is distinct from 'x'",
    String.raw`select $$it's \n$$ as s, [id, 2] as a from orders`,
    'select "Odd name" as "lower", id as "ID2", state as "Mixed Case" from orders',
  ],
  bigquery: [
    ...COMMON,
    ...PLAIN_SETS.map((text) => text.replace(/union|intersect|except/, '$& distinct')),
    ...LIMITS,
    ...TICKED,
    SLASHED,
    'select date_trunc(day, month) as m, date_add(day, interval 3 day) as d, timestamp_trunc(placed, hour) as h, safe_cast(state as int64) as i from orders',
    'select countif(clerk = 1) as n, if(clerk = 1, "a", "b") as c, safe_divide(total, clerk) as v, string_agg(state, "," order by id) as s from orders',
    'select id from orders where true qualify row_number() over (partition by state order by id) = 1',
    'select date_diff(day, date "2024-01-01", week(monday)) as w, date_sub(day, interval id day) as s, extract(week(monday) from day) as e from orders',
    String.raw`select r"a\d" as r, """it's""" as t, regexp_contains(state, r"^a") as x, [id, 2] as a, id is distinct from 3 as z from orders`,
    'select timestamp "2024-01-01 00:00:00+00" as t, datetime "2024-01-01T00:00:00" as d, extract(hour from placed at time zone "UTC") as h from orders',
    ...FIELDS.map((text) => text.replaceAll(/\[([^\]]*)\]/g, '[offset($1)]')),
    'select `odd size`.`Field Two` as x from parcels',
    'select id as `hash`, state as `new`, clerk as `lookup` from orders',
  ],
  spark: LAKE,
  databricks: [...LAKE, FIRST_OF_EACH],
  trino: [
    ...COMMON,
    ...PLAIN_SETS,
    ...QUOTED,
    'select state from orders order by id offset 2 limit 3',
    "select date_trunc('month', placed) as m, date_add('day', 3, day) as d, day + interval '3' day as i, try_cast(state as integer) as t from orders",
    "select approx_distinct(id) as d, max_by(state, id) as x, array_agg(state order by id) as a, listagg(state, ',') within group (order by id) as l from orders",
    "select count(*) filter (where clerk = 1) as n, regexp_like(state, 'a') as r, clerk is distinct from 3 as z from orders group by state, clerk",
    "select array[id, 2] as a, placed at time zone 'UTC' as z from orders",
    ...FIELDS,
  ],
};
