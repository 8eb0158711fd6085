import type { RelationId } from '../../base/relation.ts';
import { relationParts } from '../../base/relation.ts';
import type { DialectName } from '../dialect.ts';
import { NAME_WRITING } from '../dialects/rewriting.ts';

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

/** An identifier as it must stand in the dialect's text: quoted only where it would else be read as another. */
export function quoteName(name: string, dialect: DialectName): string {
  return NAME_WRITING[dialect].plain.test(name) && !RESERVED.has(name.toLowerCase())
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

function quoted(name: string, dialect: DialectName): string {
  const { quote, backslash } = NAME_WRITING[dialect];
  const inner = backslash
    ? name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
    : name.replaceAll(quote, quote + quote);
  return `${quote}${inner}${quote}`;
}
