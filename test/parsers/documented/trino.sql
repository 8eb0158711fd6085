select * from t cross join unnest(a, b) with ordinality as u(x, y, o)
select * from t left join unnest(a) u(x) on true
select * from t match_recognize (partition by a order by b measures a.x as s, last(b.y) as e one row per match after match skip past last row pattern (a b+ c*) subset u = (a, b) define b as b.y > prev(b.y))
select a, approx_distinct(b), approx_percentile(c, 0.5), array_agg(d order by e) filter (where f), map_agg(k, v), histogram(x), max_by(a, b, 2), listagg(a, ',' on overflow truncate '...' with count) within group (order by a), count_if(b), numeric_histogram(3, x) from t group by 1
select transform(a, x -> x + 1), filter(a, x -> x > 1), reduce(a, 0, (s, x) -> s + x, s -> s), any_match(a, x -> x is null), zip_with(a, b, (x, y) -> x + y), map(array['a'], array[1])['a'], a[1], row(1, 'x'), cast(row(1, 2) as row(a int, b int)).a, try(a / b), try_cast(a as date), element_at(m, 'x') from t
select date '2024-01-01', timestamp '2024-01-01 00:00:00 UTC', interval '1' day, interval '1-2' year to month, date_trunc('month', d), date_add('day', 1, d), d at time zone 'UTC', extract(dow from d), from_unixtime(a), format_datetime(d, 'yyyy'), decimal '1.2' from t
select json_query(j, 'lax $.a' with wrapper), json_value(j, 'strict $.b' returning int), json_exists(j, '$.c'), json_object('a' : 1), json_array(1, 2), json_extract_scalar(j, '$.a'), cast(j as map(varchar, json)) from t
select * from json_table(j, 'lax $[*]' columns (a int path 'lax $.a', nested path '$.b' columns (c varchar)))
select * from table(sequence(1, 10)) s(x), table(exclude_columns(input => table(t), columns => descriptor(a))), table(cat.system.query(query => 'select 1'))
select * from t for timestamp as of timestamp '2024-01-01 00:00:00'
select * from t for version as of 123
select * from "t$partitions"
select a, b, sum(c) from t group by grouping sets ((a, b), (a)), rollup (d)
select a, sum(b) over w, lag(a) ignore nulls over (partition by b order by c), first_value(a) over (w rows between 1 preceding and current row) from t window w as (partition by b order by c)
with recursive r(n) as (values 1 union all select n + 1 from r where n < 5) select * from r
select * from (values (1, 'a'), (2, 'b')) as v(n, s)
values 1, 2
table t
select a from t offset 5 rows fetch first 3 rows with ties
select a from t limit all
select * from t tablesample bernoulli (10)
insert into t (a, b) select 1, 2
merge into t using s on t.id = s.id when matched and s.x then delete when matched then update set a = s.a when not matched then insert (id) values (s.id)
update t set a = 1 where b = 2
delete from t where a in (select x from u)
create table t with (format = 'ORC', partitioned_by = array['d']) as select * from u with no data
create or replace materialized view mv grace period interval '1' day with (x = 1) as select * from t
create or replace view v security invoker as select 1 as a
select a is distinct from b, a in (1, 2), a between 1 and 2, a like 'x' escape '\', not a, a and b or c, (a, b) = (1, 2), a = any (select 1), exists (select 1), a || b, case when a then 1 end, if(a, 1, 2), coalesce(a, b), nullif(a, b), -a, a % 2 from t
select 0x1f, 1e3, .5, 1_000, "Q", current_date, current_timestamp(3), localtime, current_user from cat.sch."t"
execute immediate 'select 1'
prepare p from select * from t where a = ?
explain analyze verbose select 1
select t.*, u.* as (x, y) from t, u
select a from t union distinct select b from u except all select c from v
select grouping(a, b), count(distinct (a, b)), sum(a) filter (where b) from t group by cube (a, b)
call sys.proc(a => 1)
