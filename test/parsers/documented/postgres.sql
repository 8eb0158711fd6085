select distinct on (a) a, b from t order by a, b desc nulls last
select * from t tablesample bernoulli (10) repeatable (3)
select * from rows from (generate_series(1, 3), unnest(array[1, 2])) with ordinality as x(a, b, o)
select * from json_table(j, '$.a[*]' columns (id for ordinality, x int path '$.x', nested path '$.y[*]' columns (z text path '$'))) as jt
select * from xmltable('/r' passing x columns a int path '@a')
select * from t cross join lateral (select * from u where u.id = t.id order by x limit 1) l
select json_object('a': 1, 'b': x absent on null), json_array(1, 2 null on null), json_arrayagg(a order by b returning jsonb), json_objectagg(k: v), json_value(j, '$.a' returning int default 0 on error), json_exists(j, '$.b'), json_query(j, '$' with wrapper), a is json object from t
select a[1], a[1:2], array[1, 2] || 3, array(select 1), (row(1, 2)).f1, (c).x, a @> b, j -> 'a' ->> 'b', j #>> '{a,b}', j ? 'k', j @? '$.a', a && b, r -|- s, t @@ to_tsquery('x'), x <-> y, b'101', x'1F' from t
select a::numeric(10, 2), cast(b as int[]), c::"char", timestamp '2024-01-01' at time zone 'utc', d at local, interval '1 day' * 2, date '2024-01-01' + 1, extract(epoch from d), overlay(a placing 'x' from 1 for 2), position('a' in b), substring(a from 1 for 2), substring(a similar 'x' escape '#'), trim(both 'x' from a), a collate "C", normalize(a, nfc) from t
select count(*) filter (where a > 1), percentile_disc(0.5) within group (order by a), string_agg(a, ',' order by b), rank(1) within group (order by a), grouping(a), array_agg(distinct a), mode() within group (order by b) from t group by grouping sets ((a), rollup (b, c), ())
select a, sum(b) over (partition by c order by d groups between 1 preceding and 1 following exclude ties), nth_value(a, 2) over w from t window w as (order by b), w2 as (w rows unbounded preceding)
select a from t group by distinct rollup (a, b), cube (c)
with recursive t(n) as (values (1) union all select n + 1 from t where n < 10) search depth first by n set o cycle n set is_c using p select * from t
with x as materialized (delete from t returning *), y as (insert into u select * from x returning a) select * from y
select a from t for update of t nowait
select a from t limit all offset 3 rows
select * from only t, u *
insert into t (a, b) overriding system value values (1, default), (2, 3) on conflict (a) where b > 0 do update set (b, c) = (excluded.b, 2) where t.b <> excluded.b returning *, old.a, new.b
insert into t default values returning a
merge into t using s on t.id = s.id when matched and t.x > 1 then update set a = s.a when not matched by source then delete when not matched then insert (id) values (s.id) returning merge_action(), t.*
update t set (a, b) = (select x, y from u where u.id = t.id), c = default from v where v.id = t.id returning *
delete from t using u where t.id = u.id
create table t as table u with no data
create unlogged table t (a, b) with (fillfactor = 70) on commit drop as select 1, 2
create materialized view if not exists mv using heap tablespace x as select * from t with data
create or replace recursive view v (n) as values (1) union all select n + 1 from v
create temp view v with (security_barrier) as select 1 with check option
select * into temp x from t
values (1, 'a'), (2, 'b') order by 1
table t
select 1 union (select 2 except all select 3) intersect select 4 order by 1
select e'\x41', u&'\0041', $tag$ x $tag$, 'a'
select a is not distinct from b, a isnull, b notnull, a between symmetric 1 and 2, a similar to 'x', a ~* 'y', a !~~ 'z', (a, b) overlaps (c, d), row(a, b) < row(1, 2), a = any(array[1]), b <> all (select 1), a operator(pg_catalog.+) b, not a, a is unknown from t
select case when a then 1 else 2 end, coalesce(a, b), greatest(a, b), nullif(a, b), current_date, localtimestamp(2), session_user, current_role from t
select func(a => 1, b := 2, variadic array[1]) from t
select * from func(1) as f(a int, b text), unnest(array[1], array[2]) u(x, y)
select t from t; select (t).* from t; select (t.c).d from t
copy (select * from t) to stdout with (format csv, header)
copy t from stdin
explain (analyze, buffers) select 1
declare c cursor with hold for select * from t
prepare p (int) as select * from t where a = $1
refresh materialized view concurrently mv
create view v as select * from t
select 1 as "select", t.user from public."T" as t
select a <= all (values (1), (2)) from t
do $$ begin perform 1; end $$
select 1_000, 0x1F, 0o17, 0b11, .5, 1e-3
select any_value(a), range_agg(r), bool_and(b), regr_slope(a, b), xmlagg(x order by y), xmlelement(name foo, xmlattributes(a as b), 'x'), json_agg(t) from t
