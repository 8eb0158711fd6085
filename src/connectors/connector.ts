import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { AccountPrices, NoAccountPrices } from '../cost/account-prices.ts';
import type { NativeKind } from '../marts/native-shape.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NativeOffer } from './native-offer.ts';
import type { RefreshBill } from './refresh-bill.ts';
import type { Wording } from './wording.ts';

/** A value as a warehouse returns it, in JSON-safe form: 64-bit integers and decimals are text, times are ISO text. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | readonly Cell[]
  | { readonly [field: string]: Cell };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Cancels the statement in the warehouse, not only the wait for it. */
  readonly timeoutMs?: number | undefined;
  /** What the statement is for: goes into its comment tag and onto the debit side. */
  readonly purpose: Purpose;
  /** The relation it is about, where there is one: whoever reads that pays for the statement. */
  readonly about?: RelationId | undefined;
  /**
   * Whether what the warehouse itself keeps of a definition may answer the statement: `false`, it is computed from the tables it
   * names; `true`, what it names is read as the warehouse keeps it, even if that means outside the transaction. Absent: as it comes.
   */
  readonly readsKept?: boolean | undefined;
  /**
   * Told what was paid for what gives back no cost: for a stream when it ends, is left or fails, and for the statements of a reading of
   * the catalog, of prices and of bills, where the connector measures each.
   */
  readonly onCost?: ((cost: StatementCost) => void) | undefined;
}

export interface CatalogOptions extends CallOptions {
  /** Nobody looks at rows and bytes: left out where the warehouse has to be asked for each relation's. */
  readonly withoutSizes?: true | undefined;
}

export type Purpose =
  | 'catalog'
  | 'history'
  | 'facts'
  | 'build'
  | 'verify'
  | 'replay'
  | 'measure'
  | 'ledger'
  | 'publish'
  | 'drop'
  | 'freshness';

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly cost: StatementCost;
}

/** What the warehouse says a statement of ours cost. */
export interface StatementCost {
  readonly durationMs: number;
  /** Thread time over all cores where the engine tells it; else the duration. */
  readonly cpuMs: number;
  readonly rowsReturned: number;
}

/** Statements over one connection; inside `transaction`, over one snapshot. */
export interface Session {
  /** How this warehouse says what SQL leaves open. */
  readonly wording: Wording;
  /** Whole result in memory: for results known to be small. */
  query(sql: string, options: CallOptions): Promise<QueryResult>;
  /** For results of any size, a chunk of rows at a time. */
  stream(sql: string, options: CallOptions): AsyncIterable<readonly (readonly Cell[])[]>;
  execute(sql: string, options: CallOptions): Promise<StatementCost>;
  /** Policies on the rows of a relation, in words, where the warehouse tells them by another way than SQL. */
  rowPolicies?(relation: RelationId, options: CallOptions): Promise<readonly string[]>;
  /**
   * Views that read this relation whoever asks them, where views read with their readers' rights. Absent: nothing is lent so.
   */
  lentTo?(relation: RelationId, options: CallOptions): Promise<readonly Borrower[]>;
}

/** A view, or, without a name, every view of a schema, those that come to be included. */
export interface Borrower {
  /** Absent: the database we are in. */
  readonly database: string | undefined;
  readonly schema: string;
  readonly name: string | undefined;
}

export interface Connector extends Session {
  readonly name: string;
  readonly dialect: DialectName;
  readonly capabilities: Capabilities;
  /** Who our statements run as, where the warehouse tells statements apart by user. */
  readonly users?: readonly string[];
  readCatalog(options: CatalogOptions): Promise<readonly CatalogRelation[]>;
  /** What we may not do and need to, and whether clocks agree; absent where nothing of the kind exists. Changes nothing. */
  diagnose?(needs: Needs, options: CallOptions): Promise<readonly Finding[]>;
  /** What the account itself says work and storage cost. Absent where the warehouse has no table that tells. */
  readPrices?(options: CallOptions): Promise<AccountPrices | NoAccountPrices>;
  /**
   * What refreshes of these versions that are no statement of ours were billed in that time; versions it tells nothing of are
   * left out. Absent where a refresh costs what its statement does.
   */
  readRefreshBills?(
    versions: readonly RelationId[],
    options: CallOptions & { readonly from: EpochMs; readonly to: EpochMs },
  ): Promise<ReadonlyMap<RelationId, RefreshBill>>;
  /**
   * Has the warehouse check a statement without running it, and rejects as running it would. Absent where EXPLAIN, and a
   * transaction that is rolled back, tell the same.
   */
  dryRun?(sql: string, options: CallOptions): Promise<void>;
  /**
   * Stops statements of ours that write to these relations, whichever process of ours sent them, and gives how many run on all the
   * same: those the warehouse only lets us wait for. Absent where what a process sent ends with it, or is undone.
   */
  stopStatements?(relations: readonly RelationId[], options: CallOptions): Promise<number>;
  /**
   * Runs `work` in one transaction on a connection of its own: commits when it resolves, rolls back when it rejects.
   * `readOnly` transactions cannot write, by the warehouse's own word.
   */
  transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** What Goldsmith will want to do, by its settings. */
export interface Needs {
  /** Schemas of its own: stable views, versions, the ledger. */
  readonly schemas: readonly string[];
  /** What it makes in each of its schemas. Absent: tables and views in all of them. */
  readonly makes?: readonly SchemaNeed[];
  /** Other people's relations it may take over. */
  readonly adoptable: readonly RelationId[];
  /** It is to build and publish, not only to look. */
  readonly writes: boolean;
  /** What the history is read from, as `history.source` names it. */
  readonly source?: string | undefined;
  /** Where the history is the warehouse's own: the relation that holds it. */
  readonly history?: string | undefined;
  /** Where that history's client applications are told, where that is another relation. */
  readonly sessions?: string | undefined;
}

export interface SchemaNeed {
  readonly schema: string;
  readonly kinds: readonly ('table' | 'view' | NativeKind)[];
  /** Only who writes it reads it: the ledger. */
  readonly isOursAlone?: true;
}

/** One thing looked at. */
export interface Finding {
  readonly ok: boolean;
  /** It works, and somebody should see this. */
  readonly isWarning: boolean;
  readonly detail: string;
  /** Statements an administrator can run as they stand. */
  readonly remedy: readonly string[];
}

export interface TransactionOptions extends CallOptions {
  readonly readOnly: boolean;
  /**
   * Each statement is committed by itself and nothing is rolled back: how what a warehouse without transactional DDL keeps is
   * written. Absent: all or nothing.
   */
  readonly commits?: 'each';
}

/** What a warehouse can do; the core asks this, never which vendor it is. */
export interface Capabilities {
  readonly canWrite: boolean;
  readonly transactionalDdl: boolean;
  /** `CREATE OR REPLACE VIEW` may change columns freely. */
  readonly replaceViewChangesColumns: boolean;
  /** A constant comparison with `now()` is folded while planning, so a view can carry its own expiry for free. */
  readonly foldsNowInViews: boolean;
  readonly hasGrants: boolean;
  /** The engine works in this process: what it does is part of the process' thread time. Absent: elsewhere. */
  readonly inProcess?: true;
  /** One SELECT reads all its tables, and what its views and subqueries read, as of one moment. Absent: no. */
  readonly oneStatementOneSnapshot?: true;
  /** Declared keys and references hold on every snapshot, so they are facts. Absent: no. */
  readonly enforcesKeys?: true;
  /**
   * Appended in CREATE TABLE to a column whose values take more than 64 bits, where the warehouse would otherwise store
   * it so that reading it is slow; absent where it needs no such help.
   */
  readonly wideIntegerOption?: string;
  /**
   * A column every table has that counts places, in which appended rows come after those before them; absent where there is none. Rows may
   * change places: what rests on it looks at contents, too.
   */
  readonly placeColumn?: string;
  /**
   * How a new table's rows can lie together by some of its columns, so that a filter on them reads less: how many columns at most, of
   * which types (a pattern their names match), and among how many first columns. Absent: not at all, or not for free.
   */
  readonly clusters?: {
    readonly most: number;
    readonly types: string;
    readonly within?: number;
    /** Where they can lie in parts by the month of one of them, too, from so many bytes on, and of which types it is. */
    readonly parts?: { readonly types: string; readonly leastBytes: number };
    /** Rows lie as they are written: what is added to a table is sorted, too. Absent: the table sees to it. */
    readonly sorted?: true;
  };
  /**
   * Shapes of the warehouse's own that a version can have instead of a table's, each worded by one of `Wording.native`; of two that
   * cost the same the first is taken. Absent: none, or none whose definitions this version can tell.
   */
  readonly nativeShapes?: readonly NativeOffer[];
  /** Where attributes nobody reads can lie outside a version's rows: by key, in tables of their own. Absent: in lists, by position. */
  readonly hiding?: 'side-tables';
  /** Types, as a pattern their names match, of which a column can raise an error when it is read. Absent: all. */
  readonly tombstones?: string;
  /** `bytes`, `slots`, `credits` are cash or capacity by contract; `cpu` is capacity at a configured core price. */
  readonly billing: 'cpu' | 'bytes' | 'slots' | 'credits';
  /** Beside `bytes`: as how many TiB a slot-hour costs, by edition of the reservation that runs a statement. Absent: it has no price. */
  readonly slotHours?: Readonly<Record<string, number>>;
}

export interface CatalogRelation {
  readonly id: RelationId;
  readonly kind: 'table' | 'view';
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly notNull: boolean;
    readonly comment?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly keys: readonly { readonly columns: readonly string[]; readonly primary: boolean }[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly references: RelationId;
    readonly referencedColumns: readonly string[];
  }[];
  /** Exact where the warehouse says so, else its estimate; absent for views. */
  readonly rows?: number;
  readonly bytes?: number;
  /** A view's SELECT (without CREATE VIEW ... AS), as the warehouse stores it. */
  readonly definitionSql?: string;
  /** Of a view: policies or masks of its own are known to us, so that its text is not what its readers get. */
  readonly hasPolicies?: true;
  readonly comment?: string;
  /** Labels or tags of its own by name, as far as they are told us; absent: none. They may be those of a day ago. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdAt?: EpochMs;
}
