/** Each another statement by our fingerprint. */
export const APART: readonly (readonly string[])[] = [
  ['yyyy-MM', 'yyyy-MM-dd'].map((format) => `select date_format(d, '${format}'), sum(x) from t`),
  ['$.user', '$.amount', '$.line1', '$.line2', '$.a[0]', '$.a[1]'].map(
    (path) => `select get_json_object(p, '${path}'), count(*) from t group by 1`,
  ),
  ['line1', 'line2', 'name'].map((field) => `select m['${field}'] from t where x = 'a1'`),
  ['0.5', '0.9', '.95'].map((at) => `select percentile(x, ${at}) from t where y > 12.75`),
  ['100', '500', '50000'].map((most) => `select x from t order by x limit ${most}`),
  ['100', '1000', '1', '100.0', '1.0'].map((by) => `select sum(price * ${by}) from t`),
  ['60', '3600', '86400'].map((by) => `select sum(seconds / ${by}) from t`),
  ['7', '30', '365', '366'].map(
    (days) => `select * from t where d > date_sub(current_date(), ${days})`,
  ),
  ['90', '365'].map((days) => `select * from t where d > current_date() - interval ${days} day`),
  ['6', '364'].map(
    (n) => `select sum(x) over (order by d rows between ${n} preceding and current row) from t`,
  ),
  ['2', '3'].map((scale) => `select round(expr => x, targetScale => ${scale}) from t where y = 2`),
  ['255', '300'].map((size) => `select cast(x as varchar(${size})) from t`),
  ['120, 30', '130, 30'].map((at) => `select substr(x, ${at}), width_bucket(y, 0, ${at}) from t`),
  ['120', '180'].map((by) => `select dateadd(minute, ${by}, x), lag(x, ${by}, 0) over () from t`),
  ["'100' day", '"7" day', '"30" day', "'1 day 2 hours'", "'3 day 2 hours'"].map(
    (span) => `select x + interval ${span} from t`,
  ),
  ['0.5', '0.9', '0.5, 0.9'].map((at) => `select percentile_approx(x, array(${at})) from t`),
  ['1 hour', '15 minutes', '30 minutes'].map((span) => `select window(d, '${span}') from t`),
  ['UTC', 'Europe/Rome', 'Etc/GMT+5', 'Etc/GMT+6', '+02:00', '+03:00'].map(
    (zone) => `select from_utc_timestamp(d, '${zone}') from t`,
  ),
  ['999.99', '999', '000', '$99,000'].map((form) => `select to_char(x, '${form}') from t`),
  ['%.2f', '%.3f', '%05d', '%s-%s'].map((form) => `select format_string('${form}', x, y) from t`),
  ['-', '@', ' / '].map(
    (sign) => `select split(x, '${sign}')[1], split_part(x, '${sign}', 2) from t`,
  ),
  ['0', ' ', '-'].map((pad) => `select lpad(x, 3, '${pad}') from t`),
  ['120', '144', '365'].map(
    (by) => `select floor(x / ${by}) * ${by}, mod(y, ${by}), ${by} % z from t`,
  ),
  ['224', '256', '384'].map((bits) => `select sha2(x, ${bits}) from t`),
  ['120', '130'].map((at) => `select slice(m, ${at}, 200), element_at(m, ${at}) from t`),
  ['utf-8', 'utf8', 'hex'].map((way) => `select encode(x, '${way}') from t`),
  ['$.a1', '$.a2'].map((path) => `select variant_get(v, '${path}', 'int') from t`),
  ['a1', 'a2'].map((key) => `select try_element_at(m, '${key}') from t`),
  ['300', '301'].map((size) => `select cast(x as string), cast(y as binary(${size})) from t`),
  ['line1', 'line2'].map((key) => `select element_at(m, '${key}') from t`),
  ['`2023`', '`2024`', '`sold 2023`', '`sold 2024`'].map((name) => `select ${name} from t`),
  ['effaced1', 'defaced1'].map((name) => `select * from ${name}`),
  ['c1', 'c2'].map((name) => `select 'x' from t where k = 'interval' and ${name} = 'b'`),
  ['c1', 'c2'].map((name) => `select \`a--b\`, ${name} from t`),
  ['c1', 'c2'].map((name) => `/*\n * Don't ask\n */ select ${name} from t where x = 'a'`),
  ['c1', 'c2'].map(
    (name) => `/* ${'a*b, '.repeat(300)}don't */ select ${name} from t where x = 'a'`,
  ),
  ['c1', 'c2'].map((name) => `/*/ don't */ select ${name} from t where x = 'a'`),
  ['c1', 'c2'].map((name) => `select 2*/* don't */3, ${name} from t where x = 'a'`),
];

/** What differs from run to run. */
export const TOGETHER: readonly (readonly string[])[] = [
  [170, 4_711, 123_456_789].map((id) => `select round(x, 2) from t where user_id = ${id} limit 10`),
  ['2026-01-10', '2026-05-17'].map((day) => `select * from t where d >= '${day}' and x < 5`),
  ['100.37', '1000.25', '12.5'].map((amount) => `select * from t where amount > ${amount}`),
  ['$.user_12345', '$.user_67890'].map((path) => `select get_json_object(p, '${path}') from t`),
  ['order 17', 'order 18'].map((name) => `select m['a'] from t where name = '${name}'`),
  ['9f86d081-aaaa', 'job 7', '** 8 **'].map((run) => `/* ${run} */ select x from t -- ${run}`),
  [7, 8].map(
    (run) => `/*\n${' * a line\n'.repeat(300)} * ${run} */ select 2 * /* ${run} */ 3 from t`,
  ),
  [200, 301].map((n) => `select \`a\` from t where x = ${n} and \`b\` > ${n}`),
];
