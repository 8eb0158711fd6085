import type { ParseOutcome, ParseSql } from '../sql/parse-sql.ts';
import { parseOne } from './parse-one.ts';

export interface ParserOptions {
  readonly workers?: number;
  readonly timeoutMs?: number;
  readonly maxLength?: number;
  readonly maxOperators?: number;
  readonly maxDepth?: number;
}

export interface Parsers {
  readonly parse: ParseSql;
  readonly close: () => Promise<void>;
}

export function openParsers(_options: ParserOptions = {}): Parsers {
  return {
    async parse(requests, signal) {
      const outcomes: ParseOutcome[] = [];
      for (const request of requests) {
        signal?.throwIfAborted();
        outcomes.push(await parseOne(request));
      }
      return outcomes;
    },
    async close() {},
  };
}
