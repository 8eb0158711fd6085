import type { Finding, QueryResult } from '../connector.ts';

/** Asks as one identity. */
export type Ask = (sql: string) => Promise<QueryResult>;

export function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

export function bad(detail: string, remedy: readonly string[]): Finding {
  return { ok: false, isWarning: false, detail, remedy };
}

export function odd(detail: string, remedy: readonly string[] = []): Finding {
  return { ok: true, isWarning: true, detail, remedy };
}
