select * from t qualify row_number() over (partition by a order by b desc) = 1
select * from stock match_recognize(partition by company order by price_date measures match_number() as mn, first(price_date) as start_date, last(price_date) as end_date, count(*) as n one row per match after match skip to last row_with_price_increase pattern(row_before_decrease row_with_price_decrease+ row_with_price_increase+) define row_with_price_decrease as price < lag(price), row_with_price_increase as price > lag(price)) order by company
select * from monthly_sales pivot(sum(amount) for month in ('JAN', 'FEB', 'MAR')) as p order by empid
select * from quarterly_sales pivot(sum(amount) for quarter in (any order by quarter)) order by empid
select * from quarterly_sales pivot(sum(amount) for quarter in (select distinct quarter from ad_campaign_types_by_quarter where television = true order by quarter)) order by empid
select * from quarterly_sales pivot(sum(amount) for quarter in (any order by quarter) default on null (0))
select * from monthly_sales unpivot include nulls (sales for month in (jan as january, feb, mar, april)) order by empid
select f.value:name::string as n, f.index from t, lateral flatten(input => t.src:items, outer => true, recursive => false) f
select id, f.value from persons p, table(flatten(input => parse_json(p.c), path => 'contact', mode => 'array')) f
select $1, $2:a.b[0]::number(10,2) from @my_stage/path/file.csv.gz (file_format => 'my_csv', pattern => '.*[.]gz') t
copy into mytable from @my_int_stage file_format = (type = csv field_delimiter = '|' skip_header = 1) on_error = 'skip_file'
copy into @%t/result from (select * from t) file_format = (type = parquet) header = true overwrite = true
merge into target t using (select * from source) s on t.id = s.id when matched and s.deleted then delete when matched and t.v <> s.v then update set t.v = s.v, t.updated_at = current_timestamp() when not matched then insert (id, v) values (s.id, s.v)
merge into t using s on t.k = s.k when matched then update all by name when not matched then insert all by name
insert overwrite into t select * from s
insert all when n1 > 100 then into t1 when n1 > 10 then into t1 into t2 else into t2 select n1 from src
insert first when a > 1 then into t1 (c) values (a) else into t2 select a from src
insert into t (a, b) select column1, parse_json(column2) from values (1, '{}'), (2, '[]')
create or replace table t cluster by (a, to_date(b)) as select * from s
create or replace transient table db.sch.t comment = 'x' as select 1 as a
create or replace dynamic table product target_lag = '20 minutes' warehouse = mywh refresh_mode = auto initialize = on_create as select product_id, product_name from staging_table
create or replace secure materialized view v comment = 'c' as select a, sum(b) s from t group by a
create or replace view v (a comment 'first', b with masking policy m) copy grants as select a, b from t
with recursive managers (indent, employee_id, manager_id) as (select '' as indent, employee_id, manager_id from employees where title = 'President' union all select indent || '--- ', e.employee_id, e.manager_id from employees e join managers m on e.manager_id = m.employee_id) select * from managers
select a, b from t at (timestamp => 'Fri, 01 May 2015 16:20:00 -0700'::timestamp_tz)
select * from t before (statement => '8e5d0ca9-005e-44e6-b858-a8f5b37c5726') as b full outer join t on b.id = t.id
select * from t changes (information => append_only) at (timestamp => $ts1)
select * from testtable sample (10)
select * from testtable tablesample bernoulli (20.3) repeatable (99)
select * from t sample system (3) seed (82)
select * from t sample (10 rows)
select * exclude (a, b) rename (c as d, e as f) from t
select * replace ('dept-' || department_id as department_id) from employee_table
select object_construct(*) as oc, object_construct('a', 1, 'b', null) from t
select {'a': 1, 'b': [1, 2, 3]} as o, [1, 2] as arr, {*} as all_of, {* exclude a} as some from t
select listagg(distinct a, ', ') within group (order by a) from t group by all
select array_agg(b) within group (order by b) over (partition by a) from t
select percentile_cont(0.5) within group (order by v) over (partition by k) from t
select a, grouping(a), grouping_id(a, b), sum(c) from t group by grouping sets ((a, b), (a), ())
select a, b, sum(c) from t group by cube(a, b) having sum(c) > 10
select q.ts, t.p from quotes q asof join trades t match_condition (q.ts >= t.ts) on q.sym = t.sym
select * from t1 asof join t2 match_condition (t1.a >= t2.a) using (b)
select a.*, l.* from a, lateral (select b from bb where bb.id = a.id order by b limit 1) as l
select t1.*, t2.c from t1 left join lateral flatten(input => t1.arr) t2
select top 10 a from t order by a
select a from t order by a nulls last limit 10 offset 5
select a from t fetch first 5 rows only
select iff(a > 1, 'x', 'y'), zeroifnull(b), nvl2(c, 1, 2), decode(a, 1, 'one', 'other'), a::variant:b.c::int from t
select transform(arr, x -> x * 2), filter(arr, x int -> x > 1), reduce(arr, 0, (acc, v) -> acc + v) from t
select value from table(generator(rowcount => 10)), table(split_to_table('a.b', '.'))
select seq4(), uniform(1, 10, random()) from table(generator(rowcount => 5)) v
select * from table(result_scan(last_query_id()))
select * from table(information_schema.query_history(dateadd('hours', -1, current_timestamp()), current_timestamp()))
select employee_id, level, sys_connect_by_path(title, ' -> ') from employees start with title = 'President' connect by manager_id = prior employee_id order by employee_id
select a from t minus select a from u
select a from t union all by name select b, a from u
select date_trunc('month', d), d - interval '1 month', dateadd(day, 1, d), d::date, try_to_date(s, 'YYYY-MM-DD'), to_char(d, 'YYYY') from t
select a, sum(b) over (partition by c order by d range between interval '7 days' preceding and current row) from t
select first_value(a ignore nulls) over (order by b), lag(a, 1, 0) ignore nulls over (order by b) from t
select any_value(a), count_if(b > 1), approx_count_distinct(c), hll(c), median(d), mode(e), kurtosis(f) from t
select "Col Name", t."x" from "DB"."Sch"."My Table" t where "Col Name" ilike any ('a%', 'b%')
select * from t where a like all ('%x%', '%y%') and b rlike '^a' and c regexp 'x.*' and not d ilike 'z'
select $var1, identifier($tbl), :bind from identifier($tbl) where a = ?
select * from identifier('db.sch.t')
select * from semantic_view(tpch_analysis dimensions customer.market_segment metrics orders.order_average_value)
select current_timestamp, sysdate(), current_date - 1, 'a' || 'b', 5 % 2, bitand(a, 1), a is distinct from b from t
update t set a = s.a, b = default from s where t.id = s.id
delete from t using s where t.id = s.id and s.x = 1
create table t as with c as (select 1 a) select * from c
create or replace temporary table t (a int, b varchar) as select 1, 'x'
execute immediate $$ declare x int; begin x := 1; return x; end; $$
declare res resultset default (select * from t); c1 cursor for res; begin for r in c1 do insert into u values (r.a); end for; return 'ok'; end
begin let x := (select max(a) from t); insert into u select :x; end
call my_proc(1, 'a')
show tables like '%x%' in schema db.sch ->> select "name" from $1 where "rows" > 10
select a, count(*) from t group by 1 order by 2 desc
select t.a:b::string as x, x || 'y' as z from t where z = 'q' group by all
select system$typeof(parse_json(a)), parse_json('{"a":1}'):a, get_path(src, 'a.b[0]'), strip_null_value(src:c) from t
select * from values (1, 'one'), (2, 'two') as v (n, s)
select a from (values (1), (2)) v(a) where a in (select x from u where u.k = v.a)
select a, b from t where (a, b) in ((1, 2), (3, 4)) and exists (select 1 from u)
select to_timestamp_ntz(a, 3), convert_timezone('UTC', 'America/Los_Angeles', b), time_slice(c, 15, 'minute', 'start') from t
select array_size(a), a[0], a[-1], array_slice(a, 0, 2), array_contains('x'::variant, a), arrays_overlap(a, b), object_keys(o) from t
select conditional_true_event(a > 1) over (partition by b order by c), ratio_to_report(a) over (partition by b), width_bucket(a, 0, 10, 5) from t
select count(distinct a, b), sum(distinct c), bitor_agg(d), booland_agg(e), object_agg(k, v), array_unique_agg(f), min_by(a, b, 3) from t
select snowflake.cortex.complete('llama', concat('a', b)) from t
select ai_filter(prompt('Is {0} good?', review)) from t
select h3_latlng_to_cell(lat, lon, 8), st_distance(st_makepoint(a, b), c) from t
alter session set timezone = 'UTC'
create stream s on table t append_only = true
create task tk warehouse = w schedule = '5 minute' as insert into t select * from s
select f::vector(float, 3), g::vector(int, 256) from t
