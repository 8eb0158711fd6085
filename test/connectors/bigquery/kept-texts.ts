/** Texts of one native hash, each another statement by our fingerprint. */
export const APART: readonly (readonly string[])[] = [
  ['%Y-%m', '%Y-%m-%d', '%Y'].map((format) => `select format_date('${format}', d), sum(x) from t`),
  ['%H', '%M'].map((format) => `select parse_datetime("${format}", s) from t`),
  ['$.user', '$.amount', '$', '$.a[0].b', '$.a[1].b', '$."q"', '$.line1', '$.line2'].map(
    (path) => `select json_value(p, '${path}'), count(*) from t group by 1`,
  ),
  ["p['user']", "p['amount']", "p['user'][0]", "p['user'][1]", "`p`['x']", "`p`['y']"].map(
    (field) => `select ${field}, 'it''s' from t`,
  ),
  ['0', '1', '12'].map((at) => `select split(x, ',')[${at}], a[safe_offset(${at})] from t`),
  ['0.5', '0.9', '.95'].map((at) => `select percentile_cont(x, ${at}) over () from t`),
  ['0', '2', '1', '-1'].map((at) => `select round(sum(if(id = 12345, x, 0)) / 3, ${at}) from t`),
  ['1, 4', '1, 7', '6, 2'].map((at) => `select substr(cast(d as string), ${at}) from t`),
  ['1', '7'].map((at) => `select lag(x, ${at}) over (order by d) from t`),
  ['10', '100', '50000', '60000'].map((most) => `select x from t order by x limit ${most}`),
  ['6', '29'].map(
    (before) =>
      `select sum(x) over (order by d rows between ${before} preceding and current row) from t`,
  ),
  ['1', '3'].map(
    (after) =>
      `select sum(x) over (order by d rows between 6 preceding and ${after} following) from t`,
  ),
  ['7', '30', '90'].map(
    (days) => `select * from t where d > date_sub(current_date(), interval ${days} day)`,
  ),
  ['1', '2', '1, 2', '2, 1'].map((by) => `select a, b, count(*) from t group by ${by}`),
  ['1', '2 desc'].map((by) => `select a, b from t where x = 'ann' order by ${by}`),
  ['100', '1000', '1'].map((by) => `select sum(price * (${by} - discount)) * ${by} from t`),
  ['60', '3600'].map((by) => `select * from t where elapsed > ${by} * 24`),
  ['0', '1'].map(
    (other) =>
      `select sum(case when x > 17 then 1 else ${other} end), coalesce(x, ${other}) from t`,
  ),
  ['10, 2', '38, 9', '38, 4'].map((size) => `select cast(x as numeric(${size})) from t`),
  ["'Q1', 'Q2'", "'Q1', 'Q3'"].map((list) => `select * from t pivot (sum(x) for q in (${list}))`),
  ['2', '3'].map((scale) => `select round(value => x, scale => ${scale}) from t`),
  ['50', '90'].map((at) => `select approx_quantiles(x, 100)[offset(${at})] from t`),
  ['YYYY', 'YYYY-MM', 'MM'].map((form) => `select cast(d as string format '${form}') from t`),
  ['UTC', 'Europe/Rome', '+02:00', 'Etc/GMT+5'].map((zone) => `select date(d, '${zone}') from t`),
  ['UTC', 'Asia/Tokyo'].map((zone) => `select extract(hour from d at time zone "${zone}") from t`),
  ['%.2f', '%.3f', '%05d', '%t | %d'].map((form) => `select format('${form}', x) from t`),
  ['-', '@', ' / ', '', '\\\\'].map((sign) => `select split(x, '${sign}')[safe_offset(1)] from t`),
  [', ', '|', '; '].map((sign) => `select string_agg(x, '${sign}' order by y) from t`),
  ['0', ' '].map((pad) => `select lpad(x, 3, '${pad}') from t`),
  ['ROUND_HALF_EVEN', 'ROUND_HALF_AWAY_FROM_ZERO'].map(
    (way) => `select round(x, 2, '${way}') from t`,
  ),
  ['5', '15', '365'].map((by) => `select floor(x / ${by}) * ${by}, mod(x, ${by}) from t`),
  ['17', '18'].map((by) => `select * from t where x > ${by} * y`),
  ['10, 20', '10, 30', '10, 20, 30'].map((at) => `select range_bucket(a[0], [${at}]) from t`),
  ['300', '6000'].map(
    (size) => `select cast(x as bytes(${size})), cast(y as string(${size})) from t`,
  ),
  ['12', '15'].map((bits) => `select hll_count.init(x, ${bits}) from t`),
  // One row of digits.
  ['1, 12', '11, 2'].map((at) => `select substr(x, ${at}) from t`),
  ['1, 12', '11, 2'].map((by) => `select a, b, count(*) from t group by ${by}`),
  ['true', 'false', 'null', '0'].map((or) => `select coalesce(x, ${or}) from t`),
  ['true', 'false'].map((is) => `select count(*) from t where paid = ${is} and back is not ${is}`),
];

/** What differs from run to run: texts of one native hash that are one statement by our fingerprint. */
export const TOGETHER: readonly (readonly string[])[] = [
  [17, 4, 123456, 7].map((id) => `select format_date('%Y-%m', d) from t where user_id = ${id}`),
  ['2026-01-10', '2026-05-17', '2025-12-24'].map(
    (day) => `select * from t where d >= date '${day}' and d < '${day} 10:00:00' and n > 5`,
  ),
  ['ann', "o\\'neil, 17 (3)", '$12.50', '100%', '', '/* 5', '-- 7', '# 9'].map(
    (text) => `select round(x, 2) from t where name = '${text}' and y in ('a', "${text}") limit 10`,
  ),
  ["'a'", "'b', 'c'", "'d', 'e', '17'", '17, 18', '90', "date '2026-01-01', null", '-1.5, .5'].map(
    (list) => `select round(x, 1) from t where k in (${list}) and not j in(${list})`,
  ),
  ['[1, 2]', '[17]', "['x', 'y']"].map((list) => `select 1 from t where k in unnest(${list})`),
  ['12.4964, 41.9028', '13.4050, 52.5200', '2.35219, 48.85661'].map(
    (place) => `select st_geogpoint(${place}) from t`,
  ),
  [5, 17, 250].map((n) => `select x from t where a between ${n} and ${n + 3} or b <> ${n}`),
  [100, 20, 3_000].map((n) => `select x from t order by x limit 10 offset ${n}`),
  ['a8', '17, 5'].map((run) => `/* run ${run}, it's */ select 2 # ${run}\nfrom t -- don't, ${run}`),
  ['0.01', '0.25'].map((share) => `select count(*) from t where rand() < ${share}`),
  ['(1, 17)', "(2, 90), (3, 'x')"].map((rows) => `insert into t values ${rows}`),
  [1700000000123, 1800000000456].map((at) => `select timestamp_millis(${at}) from t`),
  ['$.user_12345', '$.user_67890'].map((path) => `select json_value(p, '${path}') from t`),
];
