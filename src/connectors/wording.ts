import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { NativeKind, NativeShape } from '../marts/native-shape.ts';
import type { Cell } from './connector.ts';
import type { ExplainWording } from './explain-wording.ts';
import type { LookupWording } from './lookup-wording.ts';

/**
 * How a warehouse says what SQL leaves open: texts of statements and expressions, never a call. Whoever writes SQL for any
 * warehouse takes these from the session it sends the SQL over, and asks nowhere which vendor it is.
 */
export interface Wording {
  readonly names: NameWording;
  readonly types: TypeWording;
  readonly statements: StatementWording;
  readonly content: ContentWording;
  readonly objects: ObjectWording;
  readonly versions: VersionWording;
  /** Present where making and replacing objects commits by itself, and one statement can say all that belongs together. */
  readonly staged?: StagedWording;
  /** Present where a version can be a relation that the warehouse itself brings up to date: one for each kind. */
  readonly native?: readonly NativeWording[];
  /** Present where what lies beside a slim version's rows is found by key; absent where by position in lists. */
  readonly lookups?: LookupWording;
  /** Absent where relations have no owners and grants: then everybody who connects may read everything. */
  readonly access?: AccessWording;
  /** Present where a statement that writes cannot be tried and undone: how it is only checked. */
  readonly explain?: ExplainWording;
}

/** What stands under a name, in the words that statements about it use. */
export type ObjectKind = 'table' | 'view' | NativeKind;

/** Names and texts, quoted as this warehouse quotes them. */
export interface NameWording {
  /** An identifier: always quoted, so that reserved words and odd names are safe. */
  quote(name: string): string;
  /** A relation, every part quoted. */
  relation(id: RelationId): string;
  /** A string literal: sessions take no bound parameters. */
  text(value: string): string;
  /** A SELECT in FROM, under an alias and with its columns named anew; its own names need not be unique where that is possible. */
  renamed(query: RenamedQuery): string;
}

export interface RenamedQuery {
  readonly sql: string;
  readonly alias: string;
  /** What its columns are called, in order. */
  readonly columns: readonly { readonly name: string }[];
  /** What they are to be called: plain names, unquoted. */
  readonly as: readonly string[];
}

/** Types as they stand in CAST and CREATE TABLE. */
export interface TypeWording {
  /** Texts of any length. */
  readonly text: string;
  /** Whole numbers of 64 bits. */
  readonly integer: string;
}

/** Statements whose form SQL does not settle. */
export interface StatementWording {
  /** A schema in the session's own database; sent where `ObjectWording.schema` finds none. */
  createSchema(schema: string): string;
  /** `undefined` takes the comment off. */
  commentOn(
    kind: ObjectKind,
    on: { readonly relation: RelationId; readonly comment: string | undefined },
  ): string;
  commentOnColumn(
    relation: RelationId,
    on: { readonly column: string; readonly comment: string },
  ): string;
}

/** Expressions that compare content. A hash is a number of 64 bits, and a sum of hashes never overflows; equal values have equal hashes. */
export interface ContentWording {
  /** The hash of a row of these values, in this order; NULL counts as a value. */
  rowHash(values: readonly TypedValue[]): string;
  /** The hash of a whole row of a relation that stands in FROM under this alias. */
  relationHash(alias: string): string;
  /** A number from 1 to 1021 drawn from the hash of a row. */
  rowWeight(values: readonly TypedValue[]): string;
  /** Whether a floating-point value is neither not-a-number nor infinite; NULL of NULL. */
  isFinite(value: string): string;
  /** The type of a floating-point number with 64 bits. */
  readonly double: string;
  /** The beginning of the day of a date or time, the same for all times of the day and in their order. */
  day(value: string): string;
  /** An aggregate: rows whose key is complete and stands in another row too. Columns are quoted. */
  repeatedKeys(columns: readonly string[]): string;
  /** The number of distinct non-null values; may be a few percent off where exact counting is dear. */
  distinctCount(value: string): string;
  /** A text made by hashing fixed values of each kind: content hashed under another canary cannot be compared. */
  readonly hashCanary: string;
}

export interface TypedValue {
  readonly sql: string;
  readonly type: string;
}

/** Statements that look at objects on the session's own snapshot, its uncommitted work included. */
export interface ObjectWording {
  /** One column: the database that names without one lie in. */
  readonly ownDatabase: string;
  /** Columns: the database and the schema in which bare names are looked up. Absent: `current_database()`, `current_schema()`. */
  readonly bareNames?: string;
  /** A row where the session's own database has that schema. */
  schema(name: string): string;
  /** Columns: kind (an `ObjectKind`), comment. No row where nothing has that name. */
  find(relation: RelationId): string;
  /** One column: the view's text as the warehouse stores it; the same text as long as nobody changes it. */
  viewText(view: RelationId): string;
  /**
   * Present where that text changes with what the view reads: a renamed column carries it along. One column: a mark of the view as
   * it was made, with its own columns, which only replacing or altering the view changes.
   */
  viewRule?(view: RelationId): string;
  /** Present where that text is a whole CREATE statement, whose head is ours to choose: the SELECT in it. */
  selectOf?(viewText: string): string | undefined;
  /** Columns: name, comment; in column order, those with a comment. */
  columnComments(relation: RelationId): string;
  /**
   * Where the warehouse knows which views read a relation, through others too. Columns: database, schema, name; what others
   * read first.
   */
  dependents?(relation: RelationId): string;
  /** Where it keeps a list of them elsewhere, perhaps late and perhaps hidden: read beside the texts of views. */
  readonly listed?: ListedDependents;
  /** Present where nothing can be dropped that a view reads: what a view can have that making it again would lose. */
  readonly rebinding?: {
    keptOnly(view: RelationId): readonly { readonly what: string; readonly sql: string }[];
  };
  /** Every view that is not the warehouse's own. Columns: database, schema, name, text. */
  readonly views: string;
  /** Objects whose comment starts like this, views first. Columns: database, schema, name, comment, kind. */
  marked(prefix: string): string;
  /** What a table can have that a view of its name cannot, each with a statement that counts it. */
  keptByTables(relation: RelationId): readonly { readonly what: string; readonly sql: string }[];
}

/** What a warehouse lists of readers that the texts of this database's views do not show: of other databases, of views whose text is kept from us. */
export interface ListedDependents {
  /** Columns: database, schema, name; what reads one of these by itself. */
  directly(relations: readonly RelationId[]): string;
  /** The list, for people who are to grant it. */
  readonly name: string;
  /** Where what may not be seen is told as missing: a name on the list that cannot be read may be there all the same. */
  readonly hidesMissing: boolean;
}

/** Each of these is one statement, done whole or not at all: there is no rollback to undo half of it. */
export interface StagedWording {
  /** Makes a table with its comment and its rows; fails where the name is taken. */
  createTable(table: {
    readonly relation: RelationId;
    readonly comment: string;
    readonly select: string;
    /** By which of its columns rows are to lie together, the most useful first; only as `Capabilities.clusters` allows. */
    readonly clusteredBy?: readonly string[] | undefined;
    /** By the month of which of its columns they are to lie in parts; only as `Capabilities.clusters` allows. */
    readonly partedBy?: { readonly name: string; readonly type: string } | undefined;
  }): string;
  /** Makes a view with its comment; fails where the name is taken. */
  createView(view: StagedView): string;
  /** Replaces a view under its readers' eyes; grants on it stay as they are, where the warehouse can say so. */
  replaceView(view: StagedView): string;
  /** One row that is another after every change of a table's rows, and never an earlier one again. */
  lastChange(table: RelationId): string;
}

export interface StagedView {
  readonly relation: RelationId;
  readonly select: string;
  readonly comment: string | undefined;
  /** All its columns, in order. */
  readonly columns: readonly { readonly name: string; readonly comment: string | undefined }[];
  /** As `AccessWording.options` tells them. */
  readonly options: readonly string[];
}

/** Statements about versions that the warehouse itself brings up to date. */
export interface NativeWording {
  readonly kind: NativeKind;
  /** Makes one with its rows; where statements commit by themselves, the first says its comment, too. */
  create(
    version: NativeShape & {
      readonly relation: RelationId;
      readonly comment: string;
      readonly select: string;
      /** The definition as it stands, where no SELECT around it is taken: the same columns in the same order. */
      readonly definition: string;
    },
  ): readonly string[];
  /**
   * Present where not of every source what it is to be compared with can be had: a statement, asked as the definition is then
   * (`CallOptions.readsKept`), that is refused where it cannot.
   */
  provable?(definition: string): string;
  /** Brings it up to date, and returns when it is; readers read on. Absent: the warehouse cannot be told to. */
  refresh?(relation: RelationId): string;
  /** Present where somebody can empty it so that reading it is an error: fills it again, and readers wait for that. */
  refill?(relation: RelationId): string;
  /**
   * One column: a text that changes where somebody redefines it, and not with its rows; no row where it answers nobody: it was
   * emptied, or one of its sources made anew, where those are told.
   */
  text(relation: RelationId, sources?: readonly RelationId[]): string;
  /** Present where that text does not tell whether it answers anybody: a statement that is refused where it does not. */
  answers?(relation: RelationId): string;
  /** Present where the warehouse refreshes it by itself: one column, why it does no longer; no row or NULL where it does. */
  trouble?(relation: RelationId): string;
  /**
   * Present where the warehouse refreshes it by itself: it does so no more until `wake`; being told, it still does. One that is live
   * answers nobody until then.
   */
  rest?(relation: RelationId): string;
  wake?(relation: RelationId): string;
}

/** How the stable view says until when a version answers. */
export interface VersionWording {
  /** The moment a statement reads at, by the warehouse's clock. */
  readonly statementTime: string;
  /** A moment as a constant that compares with it. */
  moment(at: EpochMs): string;
  /**
   * Present where a view can choose between two SELECTs each time it is bound, as a relation for FROM: the one that is not chosen
   * is not looked at, so that what becomes of its sources breaks nobody.
   */
  chosen?(choice: {
    readonly when: string;
    readonly answer: string;
    readonly otherwise: string;
  }): string;
  /**
   * Present where a reader is told at once which table a view reads, but sees rows by an older snapshot: without a question, a
   * transaction that began before a table was filled would find it empty.
   */
  readonly visibility?: {
    /** One column: the transaction's own number, as text. */
    readonly transaction: string;
    /** Whether the reading snapshot sees what that transaction wrote; decided once a statement, not once a row. */
    sees(transaction: string): string;
  };
}

/** Owners, grants and row policies. Names in results are as the catalog has them. */
export interface AccessWording {
  /** The privilege to read. Absent: SELECT. */
  readonly reading?: string;
  /** A view reads with the rights of who asks it, not of its owner: whoever may read it must be let read what it reads. `standing` is there then. */
  readonly readsAsReader?: true;
  /** Not all policies on rows are told by `rowPolicies`: the session must be asked too (`Session.rowPolicies`). */
  readonly asksForRowPolicies?: true;
  /** One column: the owner. */
  owner(relation: RelationId): string;
  /** Columns: grantee (NULL: everybody), privilege, whether it may be passed on, column (NULL: the whole relation); sorted. */
  grants(relation: RelationId): string;
  giveTo(
    owner: string,
    on: { readonly kind: 'table' | 'view'; readonly relation: RelationId },
  ): string;
  grant(grant: Grant, relation: RelationId): string;
  revoke(grant: Grant, relation: RelationId): string;
  /** One column: whether this grantee may read all of the relation. */
  mayRead(grantee: string | undefined, relation: RelationId): string;
  /** One column: options that change whose rights a view reads with, or what it hides; no row where it has none. */
  options(view: RelationId): string;
  /** One column: row policies and masks on the relation, in words; no row where it has none. */
  rowPolicies(relation: RelationId): string;
  /**
   * Present where row policies are told late by `rowPolicies`: the same told at once to whoever may ask, and refused to others.
   */
  rowPoliciesNow?(relation: RelationId, kind: 'table' | 'view'): string;
  /** Present where a view can have policies, masks or tags of its own that replacing it takes off. */
  lostWhenReplaced?(view: RelationId): readonly LostWhenReplaced[];
  /** One column: who we are to the warehouse. */
  readonly ourselves: string;
  /** Present where a schema that may not be used is told as one that is not there: what lets a grantee use it. */
  grantUse?(schema: { readonly database: string; readonly name: string }, grantee: string): string;
  /** Sent first in a transaction that replaces what readers read: they must not queue behind us for long. Absent: nobody waits. */
  readonly waitBriefly?: string;
  /** One column: whoever may read the relation, by grants on what it lies in too (NULL: everybody). Absent: as `grants` says. */
  readers?(relation: RelationId): string;
  /**
   * Whoever may read these relations, by grants on what they lie in too, in one statement. Columns: the relation's place in the list, grantee,
   * privilege, whether it is on the relation itself, whether it is known to read.
   */
  standing?(relations: readonly RelationId[]): string;
}

/** What replacing a view takes off it. Each statement has one column, in words, and no row where there is nothing to lose. */
export interface LostWhenReplaced {
  readonly now: string;
  /** Present where `now` tells more than that: the words of a row that tells something to lose. May be refused; nothing is told then. */
  readonly read?: (row: readonly Cell[]) => string | undefined;
  /** It says nothing of who sees what: readers get the definition back all the same. */
  readonly isOnlyTold?: true;
  /** Asked as well, hours behind: `now` may be refused, or tell us some alone. Absent: `now` tells all there is, to whoever owns the view. */
  readonly late?: string;
}

export interface Grant {
  /** Absent: everybody. */
  readonly grantee: string | undefined;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Absent: the whole relation. */
  readonly column: string | undefined;
  /** What it is granted on, where the statement must say so. Absent: a table. */
  readonly on?: ObjectKind;
}
