from t
from t select a, sum(b) group by all order by all
select * exclude (a) replace (b + 1 as b) rename (c as d) from t
select columns('x.*'), columns(* exclude a), min(columns(*)) from t
select columns(c -> c like '%x%') from t
select t.columns('a|b') from t
select coalesce(*columns(['a', 'b'])) from t
pivot cities on year using sum(population)
pivot cities on year in (2000, 2010) using sum(population) as total, max(population) group by country order by country limit 5
pivot cities on country || '_' || name using sum(population)
unpivot monthly_sales on jan, feb, mar into name month value sales
unpivot monthly_sales on columns(* exclude (empid, dept)) into name month value sales
unpivot monthly_sales on (jan, feb, mar) as q1, (apr, may, jun) as q2 into name quarter value m1, m2, m3
select * from cities pivot (sum(population) for year in (2000, 2010) group by country)
from monthly_sales unpivot include nulls (sales for month in (jan, feb as february))
select * from a asof join b on a.t >= b.t and a.k = b.k
select * from a asof left join b using (k, t)
select * from a positional join b
select * from a semi join b using (id) anti join c on a.x = c.x
select * from range(10) t(i), unnest([1, 2]) u(x), lateral (select i + x as y)
select unnest([1, 2, 3]), unnest({'a': 1, 'b': 2}), unnest([[1]], recursive := true)
select list_transform(l, x -> x + 1), [x * 2 for x in l if x > 1], list_filter(l, lambda x: x > 1), list_reduce(l, (a, b) -> a + b) from t
select {'a': 1, 'b': [1, 2]}, s.a, s['b'], struct_pack(x := 1), row(1, 2), map {'k': 1}, map(['a'], [1]), m['k'], l[1], l[1:3], l[-1], l[:-1:2] from t
select a::int, try_cast(b as date), cast(c as struct(x int, y varchar[])), d::decimal(10, 2), e::varchar[3], f::map(varchar, int), g::union(i int, s varchar) from t
select sum(a) filter (where b > 1), list(a order by b desc), string_agg(distinct c, ',' order by c), arg_max(a, b, 3), quantile_cont(a, [0.5, 0.9]), median(a), mode(a), histogram(a), first(a), any_value(b), count_star() from t
select row_number() over w, lag(a, 1, 0 ignore nulls) over (order by b), sum(a) over (partition by b order by c rows between 1 preceding and current row exclude current row) from t window w as (partition by a order by b)
select * from t qualify row_number() over (partition by a order by b) = 1
select * from t using sample 10%
select * from t using sample reservoir(50 rows) repeatable (100)
select * from t tablesample bernoulli(10 percent)
select * from 'data/*.parquet' where filename like '%x%'
select * from read_csv('x.csv', columns = {'a': 'int'}, header = true), read_parquet(['a.parquet', 'b.parquet'], union_by_name := true), read_json_auto('x.json')
select * from t at (version => 3)
select * from t at (timestamp => now() - interval '1 week')
with recursive t(n) as (select 1 union all select n + 1 from t where n < 5) select * from t
with recursive t(n, m) using key (n) as (select 1, 2 union select n + 1, m from t) from t
with x as materialized (select 1 a), y as not materialized (from x) from y
select a, b, sum(c), grouping(a), grouping_id(a, b) from t group by grouping sets ((a, b), rollup (a), ())
select a from t union by name select b, a from u
select a from t union all by name (select b from u order by b limit 1) except all select c from v
select * from t order by a desc nulls last limit 10% offset 5
select distinct on (a) a, b from t order by a, b desc
select 'x' || a, a ** 2, a // 2, a ^ 3, a % 2, a & 1, a << 2, ~a, a !~ 'x', a ~~ 'y%', a glob 'x*', a similar to 'z', a ilike 'q', @a, 5! from t
select date '2024-01-01', timestamp '2024-01-01', interval 1 month, interval '1 day', interval (a) days, date_trunc('month', d), date_part('year', d), extract(dow from d), d + 3, age(d), strftime(d, '%Y'), time_bucket(interval '1 week', d) from t
select case when a then 1 end, if(a, 1, 2), coalesce(a, b), nullif(a, b), a is distinct from b, a in (1, 2), a not between 1 and 2, (a, b) = (1, 2), a = any([1, 2]), a > all (select b from u), exists (from u), a is not true from t
select (select max(b) from u where u.k = t.k), array(select b from u), 'abc'[1:2], 'abc'[-1], e'\n', $$dollar$$, 1_000, 0xFF, 1e5, x'ab'::blob from t
select t, t.*, struct_extract(s, 'a'), json_extract(j, '$.a'), j->'a'->>'b', j->>'$.x[0]' from t
insert into t by name select 1 as b
insert or replace into t values (1, 'x')
insert into t (a, b) values (1, default) on conflict (a) do update set b = excluded.b, c = t.c + 1 where t.b < 3 returning *
insert into t select * from u on conflict do nothing
update t set a = u.a, b = b + 1 from u where t.id = u.id returning t.*
delete from t using u where t.id = u.id returning id
merge into t using s on t.id = s.id when matched and s.x then delete when matched then update set a = s.a when not matched then insert (id, a) values (s.id, s.a) when not matched by source then delete returning merge_action, *
merge into t using s using (id) when matched then update when not matched then insert by name
create or replace table t as from 'x.parquet'
create temp table t as select * from u with no data
create or replace view v as select * from t
create macro f(a, b := 2) as a + b
create macro g(x) as table select * from t where a = x
create table t (a int primary key, b int generated always as (a * 2), check (a > 0), foreign key (a) references u (x))
copy (select * from t) to 'x.parquet' (format parquet, compression zstd, partition_by (a, b))
copy t from 'x.csv' (header, delimiter '|')
summarize t
summarize select * from t
describe select * from t
explain analyze select 1
set variable x = 5; select getvariable('x')
prepare p as select * from t where a = $1; execute p(1)
select #1, #2 from t
values (1, 'a'), (2, 'b')
table t
(select 1) union all (select 2) order by 1
select a as "x y", "T"."B" from db.sch."T" as "T" (a, b)
select x: 42, y: a + 1 from t
from (values (1, 2)) v(a, b) select a
select * from duckdb_tables() where not internal
select * from query('select 1'), query_table('t')
select try(a / 0), error('x'), typeof(a), alias(b), current_setting('x'), gen_random_uuid() from t
select count(distinct (a, b)), count(*) filter (b > 1), sum(distinct a) over (partition by b) from t
select * like 'col%' from t
select * similar to 'x.*' from t
attach 'x.db' as y (read_only)
pivot cities on year using sum(population) group by country, name order by name limit 1
create table x as pivot cities on year using sum(population)
