import type { DialectName } from './dialect.ts';
import type { Statement } from './ir.ts';

/**
 * Who read a statement, which says how far its facts can be trusted: `sqlparser-rs`, `polyglot` and `libpg` (PostgreSQL's
 * own) represent expressions; `duckdb` (its own) tells tables and columns, `node-sql-parser` tables; `tokens` means that no
 * grammar accepted it and only token facts exist.
 */
export type ReaderName =
  | 'sqlparser-rs'
  | 'polyglot'
  | 'node-sql-parser'
  | 'libpg'
  | 'duckdb'
  | 'tokens';

export interface ParseRequest {
  readonly sql: string;
  readonly dialect: DialectName;
  /** The warehouse has run it, so nobody need ask its own parser whether it is valid. */
  readonly hasRun?: boolean;
  /** A second reader is asked, too, where one is to be had: see `Agreement` in `query-shape.ts`. */
  readonly witnessed?: boolean;
}

export interface Reading {
  readonly reader: ReaderName;
  readonly statements: readonly Statement[];
}

export type ParseOutcome =
  | {
      readonly kind: 'parsed';
      readonly reader: ReaderName;
      /** One per statement of the text, in order. */
      readonly statements: readonly Statement[];
      /** What a second reader made of it; absent where nobody asked, or no other reader accepts the text. */
      readonly witness?: Reading;
    }
  | {
      readonly kind: 'unparsed';
      /** One clause, lower case: `no grammar accepted it: unexpected token ')' at line 3, column 9`. */
      readonly because: string;
      /** Relation names seen after FROM, JOIN, INTO: token facts, of low confidence. */
      readonly tables: readonly string[];
    };

/**
 * The port to the parsers (`parsers/` implements it). Never throws for bad SQL: hostile text costs an
 * `unparsed`. Outcomes come in the order of the requests.
 */
export type ParseSql = (
  requests: readonly ParseRequest[],
  signal?: AbortSignal,
) => Promise<readonly ParseOutcome[]>;
