select top 10 a from t
select a from t qualify row_number() over (partition by b order by c) = 1
select * from t pivot (sum(a) for b in ('x' as x, 'y'))
select * from t unpivot include nulls (v for k in (a, b))
select t.c.d[0].e, i.x from t, t.items as i at idx
select * from t, unpivot t.obj as v at k
select a, listagg(distinct b, ',') within group (order by b) from t group by a
select approximate count(distinct a), approximate percentile_disc(0.5) within group (order by b), median(c), ratio_to_report(a) over (partition by b) from t
select a from t minus select b from u
create table t distkey(a) sortkey(b, c) diststyle key as select * from u
create table t backup no diststyle even compound sortkey (a) as select 1 as a
create temp table #x as select 1
create materialized view mv auto refresh yes distkey(a) as select a from t
create external table spectrum.x stored as parquet location 's3://a/' as select * from t
unload ('select * from t') to 's3://x' iam_role 'arn' format parquet partition by (a)
copy t from 's3://x' iam_role 'arn' csv ignoreheader 1
insert into t select * from u
merge into t using s on t.id = s.id remove duplicates
merge into t using s on t.id = s.id when matched then update set a = s.a when not matched then insert values (s.id, s.a)
select dateadd(day, 1, d), datediff('month', a, b), date_part(w, d), getdate(), sysdate, convert(int, a), nvl(a, 0), nvl2(a, 1, 2), decode(a, 1, 2), a::super, len(b), charindex('x', b), isnull(a, 1), trunc(d), to_char(d, 'YYYY'), d + interval '1 day' from t
select a, grouping(a), sum(b) from t group by cube(a, c)
with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select * from t
select a from t order by a limit 5 offset 2
select * exclude (a) from t
select a from t where b ilike 'x%' and c similar to 'y' and d ~ 'z' and e !~ 'w' and (a, b) in (select 1, 2)
select cast(a as varchar(max)), a || b, 5 % 2, @ -5, |/ 25, a # b, 'x' :: varchar(10) from t
delete t where a = 1
delete from t using u where t.a = u.a
select employee_id, level from e start with manager_id is null connect by prior employee_id = manager_id
select h3_fromlonglat(a, b, 3), st_x(g), hll(a), hll_cardinality(s), bpcharcmp(a, b) from t
