import type { RelationId } from '../../base/relation.ts';
import { relationParts } from '../../base/relation.ts';
import type { DialectName } from '../dialect.ts';

/** Words that name something else in at least one dialect when they stand unquoted. */
const RESERVED = new Set(
  `all analyse analyze and anti any array as asc asof at authorization between both by case cast check
  collate column constraint create cross cube current current_date current_time current_timestamp
  current_user default deferrable delete desc describe distinct do drop else end escape except exclude
  exists extract false fetch following for foreign from full function glob grant group grouping groups
  having ilike in inner insert intersect interval into is isnull join lateral leading left like limit
  localtime localtimestamp minus natural not notnull null nulls of offset on only or order outer over
  overlaps partition pivot placing positional preceding primary qualify recursive references returning
  right rollup select semi session_user similar some summarize symmetric table tablesample then to top
  trailing trim true try_cast unbounded union unique unnest unpivot update user using values variadic
  view when where window with within without`.split(/\s+/),
);

const BACKTICKED: ReadonlySet<DialectName> = new Set(['bigquery', 'databricks', 'spark', 'mysql']);

/** An identifier as it must stand in the dialect's text: quoted only where it would else be read as another. */
export function quoteName(name: string, dialect: DialectName): string {
  return staysItself(name, dialect) && !RESERVED.has(name.toLowerCase())
    ? name
    : quoted(name, dialect);
}

/** A relation's dotted name. */
export function quoteRelation(relation: RelationId, dialect: DialectName): string {
  const { database, schema, name } = relationParts(relation);
  return [database, schema, name]
    .filter((part) => part !== undefined)
    .map((part) => quoteName(part, dialect))
    .join('.');
}

function staysItself(name: string, dialect: DialectName): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return false;
  }
  if (dialect === 'snowflake') {
    return name === name.toUpperCase();
  }
  if (dialect === 'postgres' || dialect === 'redshift' || dialect === 'trino') {
    return name === name.toLowerCase();
  }
  return true;
}

function quoted(name: string, dialect: DialectName): string {
  if (!BACKTICKED.has(dialect)) {
    return `"${name.replaceAll('"', '""')}"`;
  }
  return dialect === 'bigquery'
    ? `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
    : `\`${name.replaceAll('`', '``')}\``;
}
