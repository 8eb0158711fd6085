import { isPresent, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import { readNames } from './names.ts';

/** What the grammar calls the types the standard has words for. */
const SPELLINGS: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  bpchar: 'char',
};

const ZONED: Readonly<Record<string, string>> = { timestamptz: 'timestamp', timetz: 'time' };

/** A data type as canonical lower-case text: `numeric(10,2)`, `timestamp with time zone`, `integer[]`. */
export function typeText(node: unknown): string {
  const type = treeOf(node);
  const names = readNames(type['names']);
  const name = (names[0] === 'pg_catalog' ? names.slice(1) : names).join('.').toLowerCase();
  const sizes = listOf(type['typmods']).map(sizeText).filter(Boolean);
  const size = sizes.length === 0 ? '' : `(${sizes.join(',')})`;
  const zoned = ZONED[name];
  const plain = zoned ? `${zoned}${size} with time zone` : `${SPELLINGS[name] ?? name}${size}`;
  const bounds = listOf(type['arrayBounds']).map(() => '[]');
  return `${plain}${bounds.join('')}${isPresent(type['setof']) ? ' setof' : ''}`;
}

function sizeText(node: unknown): string {
  const { tag, body } = variantOf(node);
  const { ival, sval, fval } = treeOf(body);
  if (tag !== 'A_Const') {
    return tag === 'ColumnRef' ? readNames(treeOf(body)['fields']).join('.') : '';
  }
  const number = ival === undefined ? undefined : treeOf(ival)['ival'];
  const written =
    ival === undefined ? textOf(treeOf(sval)['sval']) || textOf(treeOf(fval)['fval']) : '0';
  return number === undefined ? written : textOf(number);
}
