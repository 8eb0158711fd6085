import type { Json } from '@duckdb/node-api';

/** A value of an answer as text: of a number its digits. */
export function cellText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
