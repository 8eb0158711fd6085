import type { RelationId } from '../../base/relation.ts';
import { relationParts } from '../../base/relation.ts';
import type { DialectName } from '../dialect.ts';
import { NAME_WRITING } from '../dialects/rewriting.ts';

/** Words that name something else in at least one dialect when they stand unquoted. */
const RESERVED = new Set(
  `account aes128 aes256 all allowoverwrite alter analyse analyze and anti any array as asc asof
  assert_rows_modified asymmetric at authorization az64 backup between binary blanksasnull both
  by bytedict bzip2 case cast check collate collation column concurrently connect connection
  constraint contains create credentials cross cube current current_catalog current_date
  current_path current_role current_schema current_time current_timestamp current_user database
  deallocate default deferrable define deflate defrag delete delta delta32k desc describe
  disable distinct do drop else emptyasnull enable encode encrypt encryption end enum escape
  except exclude execute exists explicit extract false fetch following for foreign freeze from
  full function glob globaldict256 globaldict64k grant group grouping groups gscluster gzip hash
  having identity if ignore ilike in increment initially inner insert intersect interval into is
  isnull issue join json_array json_exists json_object json_query json_table json_value lambda
  language lateral leading left like limit listagg localtime localtimestamp lookup lun luns lzo
  lzop merge minus mostly16 mostly32 mostly8 natural new no normalize not notnull null nulls of
  off offline offset oid old on only open or order organization outer over overlaps parallel
  partition percent permissions pivot pivot_longer pivot_wider placing positional preceding
  prepare primary proto qualify range raw readratio recover recursive references regexp
  rejectlog resort respect restore returning revoke right rlike rollup row rows sample schema
  select semi session_user set show similar skip snapshot some start struct summarize symmetric
  sysdate system system_user table tablesample tag tdes text255 text32k then to top trailing
  treat trigger trim true truncatecolumns try_cast uescape unbounded union unique unnest unpivot
  update user using values variadic verbose view wallet when whenever where window with within
  without`.split(/\s+/),
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
