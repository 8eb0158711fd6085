select * except (a, b) replace (c * 2 as c) from `proj.ds.t`
select as struct 1 a, 'x' b
select as value struct(1 as a, [1, 2] as b)
select array(select as struct a, b from unnest(c) where a > 1 order by b limit 3) as xs from t
select array_agg(struct(a, b) order by a desc limit 1)[offset(0)].* from t group by c
select array_agg(distinct a ignore nulls order by a limit 5) from t
select x.a, off from t, unnest(t.items) as x with offset as off
select * from t left join unnest(t.arr) as a with offset on true
select * from t, t.items as i, i.tags
select a, b from t qualify rank() over (partition by a order by b) = 1
select * from produce pivot(sum(sales) as s, count(*) as c for quarter in ('Q1' as q1, 'Q2' q2))
select * from produce unpivot exclude nulls (sales for quarter in (q1 as 'first', q2, q3))
select * from produce unpivot ((first_half, second_half) for semesters in ((q1, q2) as 'semester_1', (q3, q4) as 'semester_2'))
select * from t tablesample system (10 percent)
select * from t for system_time as of timestamp_sub(current_timestamp(), interval 1 hour) where a = 1
select * from `proj.ds.events_*` where _table_suffix between '20240101' and '20240131'
select a, rollup_sum from (select a, sum(b) rollup_sum from t group by rollup(a, c))
select a, b, sum(c) from t group by grouping sets ((a, b), cube(a), ())
select a, count(*) from t group by all having count(*) > 1
with recursive cte as (select 1 as n union all select n + 1 from cte where n < 10) select * from cte
select safe_cast(a as int64), safe.parse_date('%Y', b), safe_divide(a, b), ifnull(c, 0), if(a > 1, 'x', 'y'), cast(b as string format 'YYYY') from t
select struct<a int64, b string>(1, 'x'), array<struct<x int64, y array<string>>>[(1, ['a'])], struct(a as b, c) from t
select date '2024-01-01', timestamp '2024-01-01 00:00:00+00', datetime '2024-01-01', numeric '1.2', bignumeric '1', json '{"a": 1}', b'abc', r'\d+', rb'x', '''triple 'quoted' ''' , interval 1 day, interval '1-2' year to month
select date_diff(a, b, day), date_trunc(a, week(monday)), timestamp_trunc(ts, hour, 'UTC'), extract(dayofweek from a), extract(date from ts at time zone 'UTC'), date_add(a, interval 3 month) from t
select json_value(j, '$.a.b'), j.a.b[0], json_query_array(j, '$.x'), lax_int64(j.n), string(j.s), to_json_string(t) from t
select countif(a > 1), approx_quantiles(a, 100)[offset(50)], logical_or(b), string_agg(distinct c, ',' order by c limit 3), any_value(a having max b), array_concat_agg(d) from t
select percentile_cont(a, 0.5) over (partition by b), last_value(a ignore nulls) over w from t window w as (partition by b order by c rows between unbounded preceding and 1 preceding)
select sum(a) over (w range between 1 preceding and current row) from t window w as (order by b)
from t |> where a > 1 |> aggregate count(*) as n, sum(b) as s group by c |> order by n desc |> limit 10
from t |> extend a + 1 as b |> set c = 2 |> drop d |> rename e as f |> as u |> join v using (k) |> select u.a, v.*
from t |> aggregate sum(x) group and order by y desc |> where y is not null
from t |> pivot(sum(x) for y in ('a', 'b')) |> union all (select 1, 2, 3)
from t |> window sum(a) over (partition by b) as w |> distinct
merge ds.t t using (select * from ds.s) s on t.id = s.id and t.d > '2024-01-01' when matched and s.x then update set a = s.a, t.b.c = 1 when not matched by target then insert (id, a) values (id, a) when not matched by source and t.d < '2020-01-01' then delete
merge ds.t using ds.s on false when not matched then insert row when not matched by source then delete
insert into ds.t (a, b) values (1, 'x'), (2, default)
insert ds.t (a) select a from u where a not in unnest([1, 2])
update ds.t t set a.b = 1, c = (select max(x) from u where u.id = t.id), arr = array_concat(arr, [1]) where true
update ds.t set a = s.a from ds.s s where t.id = s.id
delete ds.t where exists (select 1 from u where u.id = t.id)
truncate table ds.t
create or replace table ds.t partition by date_trunc(d, month) cluster by a, b options (description = 'x', expiration_timestamp = timestamp '2030-01-01 00:00:00 utc') as select * from u
create table if not exists ds.t (a int64 not null options (description = 'k'), b struct<x string, y array<int64>>) partition by range_bucket(a, generate_array(0, 100, 10)) as select 1, null
create temp table x as select 1 as a
create materialized view ds.mv partition by d cluster by a options (enable_refresh = true, refresh_interval_minutes = 60) as select d, a, sum(b) s from ds.t group by 1, 2
create or replace view ds.v (a options (description = 'x'), b) options (description = 'y') as select 1, 2
create or replace table function ds.f(x int64) as select * from t where a = x
create temp function f(x int64) returns int64 as (x + 1); select f(a) from t
create temp function js(x string) returns string language js as r''' return x; '''; select js(a) from t
declare x int64 default 1; set x = (select max(a) from t); select * from t where a = x
begin transaction; insert into t values (1); commit transaction
execute immediate 'select * from t where a = ?' using 1
for r in (select a from t) do insert into u values (r.a); end for
if exists (select 1 from t) then delete from t where true; else select 1; end if
begin select 1; exception when error then select @@error.message; end
loop set x = x + 1; if x > 10 then break; end if; end loop
call ds.proc(1)
export data options (uri = 'gs://b/*.csv', format = 'CSV') as select * from t
load data into ds.t from files (format = 'CSV', uris = ['gs://b/x.csv'])
select * from external_query('conn', 'select * from x')
select * from ml.predict(model ds.m, (select a, b from t), struct(0.5 as threshold))
select * from ml.predict(model `ds.m`, table ds.t)
create or replace model ds.m options (model_type = 'linear_reg', input_label_cols = ['y']) as select x, y from t
select * from vector_search(table ds.base, 'emb', (select emb from q), top_k => 5, distance_type => 'COSINE')
select * from appends(table ds.t, null, null)
select t.* from ds.f(1) as t join ds.g(table ds.t, 3) using (k)
select generate_uuid(), session_user(), @@query_label, @p, @@project_id
select a from t union distinct select b from u except distinct select c from v intersect distinct select 1
select a from t full outer union all by name select b from u
select a, b from t left outer union all by name on (a, b) select a, b from u
select * from unnest(generate_date_array('2024-01-01', '2024-01-31', interval 1 day)) as d
select * from unnest([struct(1 as a, 'x' as b), (2, 'y')])
select x in (1, 2), x not in unnest(@arr), x between 1 and 2, x is not distinct from y, not (a and b or c), a like any ('x%', 'y%'), b not like all ('z') from t
select case a when 1 then 'x' else 'y' end, coalesce(a, b), nullif(a, b), a || b, ~a & b | c ^ d << 2 from t
select `a-b`.c, t.`order`, t.select_ from `my-proj`.ds.t as t
select * from my-project.ds.t
select count(*) from `p.d.INFORMATION_SCHEMA.TABLES`
select * from region-us.INFORMATION_SCHEMA.JOBS_BY_PROJECT where creation_time > timestamp_sub(current_timestamp(), interval 1 day)
select a.b.c.d, a[0], a[safe_offset(1)], a[ordinal(1)], a['k'], (select max(x) from unnest(a) x) from t
select format('%s-%d', a, b), concat(a, 'x'), regexp_extract(a, r'(\w+)'), split(a, ',')[safe_offset(0)], normalize(a, nfkc), lower(a collate 'und:ci') from t
select distinct on_, t.left from t where array_length(arr) > 0 and (a, b) = (1, 2) and struct(a, b) in (select struct(x, y) from u)
select range(date '2024-01-01', null), range<date> '[2024-01-01, 2024-02-01)', range_contains(r, d) from t
select graph.* from graph_table(g match (a:Person)-[e:Knows]->(b:Person) where a.id = 1 return a.name as n, b.name as m) as graph
select hll_count.merge(s), hll_count.init(a), net.host(u), keys.new_keyset('AEAD_AES_GCM_256'), st_geogpoint(a, b), bit_count(c) from t
select * from t match_recognize(partition by a order by b measures first(x.b) as s pattern (x y+) define x as v > 1, y as v < 1)
select * from t order by a desc nulls last, b collate 'und:ci' limit 10 offset 5
assert (select count(*) from t) > 0 as 'empty'
select a from t where b = all (select c from u)
select * from (select 1 a) cross join (select 2 b), unnest([1]) c inner join u on u.x = c
