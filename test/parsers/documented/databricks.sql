select * from t lateral view explode(arr) e as x lateral view outer posexplode(m) p as i, v
select id, e.* from t, lateral explode(t.arr) as e(x)
select id, inline(structs) from t
select * from t qualify row_number() over (partition by a order by b) = 1
select * from sales pivot (sum(amount) as s, avg(amount) as a for (year, q) in ((2020, 1) as y20q1, (2021, 2)))
select * from sales unpivot include nulls (amount for quarter in (q1 as `Q 1`, q2)) as u
select * from sales unpivot ((a, b) for h in ((q1, q2) as h1, (q3, q4) as h2))
select * from t tablesample (10 percent) repeatable (5)
select * from t tablesample (100 rows) as x
select * from t tablesample (bucket 4 out of 10)
select a:b.c[0]::string, a:`x y`, a:b[*].c, raw:['k'] from t
select * from t version as of 12
select * from t timestamp as of '2024-01-01'
select * from t@v12
select * from delta.`/mnt/x/y` version as of 3
select * from parquet.`/data/x.parquet`
select * from read_files('s3://b/p', format => 'csv', header => true, schema => 'id int, v string')
select * from cloud_files('/x', 'json', map('cloudFiles.inferColumnTypes', 'true'))
select * from stream(live.raw_events)
select * from stream read_files('/x')
select * except (a, b) from t
select * except (a.b) from t
select t.* except (id), u.id from t join u using (id)
create or refresh streaming table st (constraint ok expect (id is not null) on violation drop row) comment 'x' partitioned by (d) as select * from stream(raw)
create or refresh materialized view mv (a int comment 'k', constraint c expect (a > 0) on violation fail update) tblproperties ('x' = 'y') as select a, count(*) from t group by a
create or refresh private materialized view mv as select 1 as a
create live table x as select * from live.y
create or replace table c.s.t using delta partitioned by (d) location '/x' comment 'c' tblproperties (delta.enableChangeDataFeed = true) as select *, current_timestamp() ts from u
create table if not exists t cluster by (a, b) as select * from u
create table t cluster by auto as select 1 a
create or replace temporary view v as select * from t
create or replace view v (a comment 'x', b) comment 'y' as select a, b from t
create table t deep clone s version as of 1
merge into t using s on t.id = s.id when matched and s.op = 'D' then delete when matched then update set * when not matched by target then insert * when not matched by source and t.d < current_date() then update set t.deleted = true
merge with schema evolution into t using s on t.id = s.id when matched then update set * when not matched then insert *
insert into t by name select 1 as b, 2 as a
insert overwrite table t partition (d = '2024-01-01', h) select a, b, h from u
insert into t replace where d >= '2024-01-01' select * from u
insert into table t (a, b) values (1, struct(2, 'x')), (3, null)
insert overwrite directory '/tmp/x' using parquet select * from t
update t set a = 1, b = upper(b) where c in (select x from u)
delete from t where d < date_sub(current_date(), 30)
copy into t from (select _c0 as a, cast(_c1 as int) b from 's3://x/y') fileformat = csv format_options ('header' = 'true') copy_options ('mergeSchema' = 'true')
select transform(arr, x -> x + 1), filter(arr, (x, i) -> i > 0), aggregate(arr, 0, (acc, x) -> acc + x, acc -> acc * 2), exists(arr, x -> x is null), map_filter(m, (k, v) -> v > 1), array_sort(arr, (l, r) -> case when l < r then -1 else 1 end) from t
select named_struct('a', 1, 'b', 'x'), struct(a, b as c), array(1, 2), map('k', 1), m['k'], s.a.b, arr[0], element_at(arr, -1), try_element_at(m, 'x') from t
select collect_set(a), collect_list(b) filter (where c > 1), count_if(d), approx_percentile(e, array(0.5, 0.9)), percentile(e, 0.5), max_by(a, b), first(a, true), any_value(a) ignore nulls, bool_or(x), mode(a) from t
select percentile_cont(0.5) within group (order by a desc), listagg(b, ',') within group (order by b), string_agg(b) from t
select a, sum(b) over (partition by c order by d range between interval 7 days preceding and current row) from t window w as (partition by c)
select a, b, sum(c) from t group by a, b with rollup
select a, b, sum(c) from t group by a, b grouping sets ((a, b), (a))
select a, count(*) from t group by all order by all
select * from t distribute by a sort by b desc
select * from t cluster by a
select /*+ broadcast(u), repartition(10) */ * from t join u on t.a = u.a
select * from t left semi join u on t.a = u.a
select * from t left anti join u using (a)
select * from t natural full outer join u
with recursive r(n) as (values (1) union all select n + 1 from r where n < 10) select * from r
with recursive r(n) max recursion level 200 as (select 1 union all select n + 1 from r) select * from r limit 10
select date_trunc('month', d), d - interval 1 month, d + interval '1-2' year to month, date_add(day, 1, d), datediff(day, a, b), timestampadd(hour, 1, ts), extract(dayofweek from d), make_date(2024, 1, 1), to_date(s, 'yyyy-MM-dd'), cast(s as timestamp_ntz) from t
select try_cast(a as int), a::double, cast(a as struct<x: int, y: array<string>>), try_divide(a, b), a <=> b, a is not distinct from b, a div 2, a % 3, !b, a rlike 'x', a regexp 'y', a ilike any ('x%', 'y%') from t
select from_json(v, 'a int, b array<string>'), from_json(v, schema_of_json('{"a":1}')), get_json_object(v, '$.a'), to_json(struct(*)), parse_json(v):a::int, variant_get(v, '$.a', 'int') from t
select explode(sequence(date'2024-01-01', date'2024-01-31', interval 1 day)) as d
select posexplode_outer(split(s, ',')) as (i, v) from t
select stack(2, 'a', q1, 'b', q2) as (k, v) from t
select * from values (1, 'x'), (2, 'y') as v(a, b)
select * from range(10) r join explode(array(1, 2)) e(x)
select * from identifier('c.s.' || 't') where a = :p and b = ?
select identifier(:col) from identifier(:tbl)
select a from t union all select b from u minus select c from v intersect select 1
table t
from t select a, b where c > 1
from t |> where a > 1 |> aggregate sum(b) as s group by c |> order by s desc
from t insert into a select x insert into b select y where z
select current_user(), is_account_group_member('x'), current_catalog(), now(), uuid(), rand(), monotonically_increasing_id(), input_file_name(), _metadata.file_path from t
select ai_query('m', concat('a', b)), ai_classify(c, array('x', 'y')), vector_search(index => 'i', query_text => 'q', num_results => 3) from t
select * from vector_search(index => 'c.s.i', query_text => 'x')
select * from table_changes('t', 2, 5)
select * from event_log(table(c.s.t))
select * from my_tvf(table(select * from t) partition by a order by b, 5)
select decode(a, 1, 'x', 'y'), nvl(a, 0), nvl2(a, 1, 2), if(a, b, c), iff(a, b, c), coalesce(a, b), case a when 1 then 2 end from t
select 1Y, 1S, 1L, 1.5BD, 1e3D, 2.0F, X'1F', 'a' 'b', r'x\d', "double", date '2024-01-01', timestamp'2024-01-01 00:00:00', interval '3' day, interval 2 days 3 hours
create function f(x int) returns int return x + 1
create or replace function f(x int) returns table (a int) return select x
declare variable x int default 1; set var x = (select max(a) from t); select x
begin declare n int default 0; while n < 3 do set n = n + 1; end while; insert into t values (n); end
execute immediate 'select * from t where a = ?' using 1
optimize t where d >= '2024-01-01' zorder by (a)
vacuum t retain 168 hours
analyze table t compute statistics for all columns
cache lazy table x options ('storageLevel' 'DISK_ONLY') select * from t
create flow f as auto cdc into t from stream(s) keys (id) sequence by ts
select count(distinct a, b), sum(distinct c), count(*) filter (where d), grouping(a), grouping_id(a, b), cube_.x from t cube_ group by cube(a, b)
select h3_longlatash3(a, b, 9), st_point(a, b), a collate utf8_lcase from t where startswith(a, 'x') and contains(b, 'y')
select a.b, lower(c) as l, l || 'x' as m from t a where l = 'z' group by 1, 2, 3 having m > 'a'
select * from t limit all
select * from a join lateral (select * from b where a.id = b.id) x
select t.key, t.value from (select explode(m) from u) t
select transform(a, b) using 'cat' as (x string, y int) from t
select !b, a div 2 from t
select a is ! null, a div 2 from t
select * from my_tvf(table(select * from t), 5)
select * except (a.b.c) from t
select a from t union all table u
with x as (select 1) table x
