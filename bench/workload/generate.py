"""Makes the data of one benchmark: generate.py <tpcds|ssb> <scale factor> <folder>.

One Parquet file a table, and `queries.json` with the statements the generator's package brings along.
TPC-DS comes from dsdgen. The star schema benchmark is derived from TPC-H's dbgen by the rules of O'Neil, O'Neil and Chen
(revision 3): lineitem joined to its orders, prices in cents, revenue and supply cost computed, a fifth of the customers
and suppliers, cities as the nation's first nine letters and a digit, forty brands a category, seven years of dates.
"""

import json
import pathlib
import sys

import duckdb
import duckdb_ext


def open_with(extension):
    home = pathlib.Path(next(iter(duckdb_ext.__path__)))
    file = next(home.rglob(f"v{duckdb.__version__}/*/{extension}.duckdb_extension"))
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "3GB"})
    connection.execute(f"load '{file}'")
    return connection


def tables(connection):
    return [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]


def tpcds(scale):
    connection = open_with("tpcds")
    connection.execute(f"call dsdgen(sf={scale})")
    queries = connection.execute("select query_nr, query from tpcds_queries() order by query_nr").fetchall()
    return connection, [{"name": f"q{number}", "sql": sql} for number, sql in queries]


SSB = [
    """create table dates as
       select cast(strftime(d, '%Y%m%d') as integer) as d_datekey, strftime(d, '%B %-d, %Y') as d_date,
         strftime(d, '%A') as d_dayofweek, strftime(d, '%B') as d_month, year(d)::integer as d_year,
         (year(d) * 100 + month(d))::integer as d_yearmonthnum, strftime(d, '%b%Y') as d_yearmonth,
         (dayofweek(d) + 1)::integer as d_daynuminweek, day(d)::integer as d_daynuminmonth,
         dayofyear(d)::integer as d_daynuminyear, month(d)::integer as d_monthnuminyear,
         ((dayofyear(d) - 1) // 7 + 1)::integer as d_weeknuminyear,
         case when month(d) = 12 then 'Christmas' when month(d) in (6, 7, 8) then 'Summer'
           when month(d) in (1, 2) then 'Winter' when month(d) in (3, 4, 5) then 'Spring' else 'Fall' end as d_sellingseason,
         (dayofweek(d) = 6)::integer as d_lastdayinweekfl, (d = last_day(d))::integer as d_lastdayinmonthfl,
         (month(d) = 12 and day(d) in (24, 25, 31))::integer as d_holidayfl,
         (dayofweek(d) between 1 and 5)::integer as d_weekdayfl
       from (select unnest(generate_series(date '1992-01-01', date '1998-12-31', interval 1 day))::date as d)""",
    """create table ssb_customer as
       select c_custkey::integer as c_custkey, c_name, c_address,
         rpad(n_name[:9], 9, ' ') || (hash(c_custkey, 'city') % 10) as c_city, n_name as c_nation, r_name as c_region,
         c_phone, c_mktsegment
       from customer join nation on c_nationkey = n_nationkey join region on n_regionkey = r_regionkey
       where c_custkey <= (select greatest(1, count(*) // 5) from customer)""",
    """create table ssb_supplier as
       select s_suppkey::integer as s_suppkey, s_name, s_address,
         rpad(n_name[:9], 9, ' ') || (hash(s_suppkey, 'city') % 10) as s_city, n_name as s_nation, r_name as s_region, s_phone
       from supplier join nation on s_nationkey = n_nationkey join region on n_regionkey = r_regionkey
       where s_suppkey <= (select greatest(1, count(*) // 5) from supplier)""",
    """create table ssb_part as
       select p_partkey::integer as p_partkey, p_name, 'MFGR#' || p_brand[7:7] as p_mfgr, 'MFGR#' || p_brand[7:8] as p_category,
         'MFGR#' || p_brand[7:8] || (hash(p_partkey, 'brand') % 40 + 1) as p_brand1, split_part(p_name, ' ', 1) as p_color,
         p_type, p_size, p_container from part""",
    """create table lineorder as
       select l_orderkey::integer as lo_orderkey, l_linenumber::integer as lo_linenumber,
         ((o_custkey - 1) % (select count(*) from ssb_customer) + 1)::integer as lo_custkey, l_partkey::integer as lo_partkey,
         ((l_suppkey - 1) % (select count(*) from ssb_supplier) + 1)::integer as lo_suppkey,
         cast(strftime(o_orderdate, '%Y%m%d') as integer) as lo_orderdate, o_orderpriority as lo_orderpriority,
         o_shippriority::varchar as lo_shippriority, l_quantity::integer as lo_quantity,
         (l_extendedprice * 100)::integer as lo_extendedprice, (o_totalprice * 100)::integer as lo_ordtotalprice,
         (l_discount * 100)::integer as lo_discount,
         ((l_extendedprice * 100)::bigint * (100 - (l_discount * 100)::integer) // 100)::integer as lo_revenue,
         ((p_retailprice * 100)::integer * 6 // 10)::integer as lo_supplycost, (l_tax * 100)::integer as lo_tax,
         cast(strftime(l_commitdate, '%Y%m%d') as integer) as lo_commitdate, l_shipmode as lo_shipmode
       from lineitem join orders on l_orderkey = o_orderkey join part on l_partkey = p_partkey order by o_orderdate""",
]


def ssb(scale):
    connection = open_with("tpch")
    connection.execute(f"call dbgen(sf={scale})")
    for sql in SSB:
        connection.execute(sql)
    for old in ["customer", "supplier", "part", "nation", "region", "orders", "lineitem", "partsupp"]:
        connection.execute(f"drop table {old}")
    for name in ["customer", "supplier", "part"]:
        connection.execute(f"alter table ssb_{name} rename to {name}")
    return connection, []


def main():
    benchmark, scale, folder = sys.argv[1:]
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    connection, queries = {"tpcds": tpcds, "ssb": ssb}[benchmark](float(scale))
    for table in tables(connection):
        connection.execute(f"copy {table} to '{out / table}.parquet' (format parquet)")
    (out / "queries.json").write_text(json.dumps(queries))


main()
