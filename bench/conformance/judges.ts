import { DuckDBInstance } from '@duckdb/node-api';
import type { Accepted, Peer } from '../peers/peer.ts';
import { progress } from './progress.ts';

/** What a grammar says of each text, in order. */
export type Judge = (texts: readonly string[]) => Promise<readonly Accepted[]>;

/** DuckDB's own grammar; nothing is bound or run. */
export async function judgeByDuckDb(texts: readonly string[]): Promise<readonly Accepted[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const judged: Accepted[] = [];
  try {
    for (const sql of texts) {
      judged.push(
        await connection.extractStatements(sql).then(
          ({ count }) => (count > 0 ? { ok: true } : { ok: false, because: 'no statement' }),
          (error: unknown) => ({ ok: false, because: String(error) }),
        ),
      );
      progress('duckdb judges', { done: judged.length, of: texts.length });
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return judged;
}

/** PostgreSQL's own grammar, where the Python peers are there. */
export function judgeByPostgres(peer: Peer): Judge | undefined {
  return peer.kind === 'open'
    ? (texts) =>
        peer.ask<Accepted>(
          'judge',
          texts.map((sql) => ({ sql })),
        )
    : undefined;
}
