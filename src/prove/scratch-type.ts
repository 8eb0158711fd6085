import { duckdb } from '../sql/dialects/duckdb.ts';
import { familyOf } from '../sql/match/column-types.ts';

/** What statements for a scratch database are written in. */
export const SCRATCH_DIALECT = duckdb.name;

const OWN =
  /^(u?(tiny|small|big|huge)?int(eger)?|int[1248]|integer|bool(ean)?|date|time|timestamp( with time zone)?|timestamptz|timestamp_(s|ms|ns)|datetime|interval|uuid|json|blob|bytea|real|float[48]?|double|varchar|text|string|(decimal|numeric)(\s*\(\s*\d+\s*(,\s*\d+\s*)?\))?|varchar\s*\(\s*\d+\s*\)|enum\s*\(.*\))(\[\d*\])*$/is;

const OF_FAMILY: Readonly<Record<ReturnType<typeof familyOf>, string>> = {
  integer: 'bigint',
  decimal: 'decimal(18, 3)',
  float: 'double',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp with time zone',
  text: 'varchar',
  boolean: 'boolean',
  other: 'varchar',
  unknown: 'varchar',
};

/** The scratch engine's type for a column of another warehouse: its own where it knows it, else one of the same family. */
export function scratchType(type: string): string {
  const plain = type.trim();
  if (OWN.test(plain)) {
    return plain;
  }
  const sized = /^(?:number|dec|bignumeric)\s*\((\d+)(?:\s*,\s*(\d+))?\)$/i.exec(plain);
  if (sized !== null) {
    const [, precision = '18', scale = '0'] = sized;
    return scale === '0' ? 'bigint' : `decimal(${Math.min(Number(precision), 38)}, ${scale})`;
  }
  return OF_FAMILY[familyOf(plain.toLowerCase())];
}
