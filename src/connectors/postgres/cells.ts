import type { Cell } from '../connector.ts';

/** Types the protocol names by number; stable since they were introduced. */
const OID = {
  boolean: 16,
  int2: 21,
  int4: 23,
  oid: 26,
  float4: 700,
  float8: 701,
  timestamp: 1114,
  timestamptz: 1184,
} as const;

type Reader = (text: string) => Cell;

/** What is not listed stays the server's text: 64-bit integers and decimals lose no digit, intervals are ISO 8601. */
const READERS: Readonly<Record<number, Reader>> = {
  [OID.boolean]: (text) => text === 't',
  [OID.int2]: Number,
  [OID.int4]: Number,
  [OID.oid]: Number,
  [OID.float4]: numberOrName,
  [OID.float8]: numberOrName,
  [OID.timestamp]: (text) => text.replace(' ', 'T'),
  [OID.timestamptz]: (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'),
};

/** For the driver: how each column's text becomes a cell. Sessions are in UTC, so zoned times end with `Z`. */
export const cellTypes = {
  getTypeParser: (oid: number) => READERS[oid] ?? ((text: string) => text),
};

/** JSON has neither not-a-number nor the infinities. */
function numberOrName(text: string): Cell {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
