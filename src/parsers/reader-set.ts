import type { DialectName } from '../sql/dialect.ts';
import type { ReaderName } from '../sql/parse-sql.ts';
import { openDuckdb } from './duckdb/open-duckdb.ts';
import { openLibpg } from './libpg/open-libpg.ts';
import type { Chains } from './measure-chains.ts';
import type { RunNative } from './native-gate.ts';
import { openNodeSqlParser } from './node-sql-parser/open-node-sql-parser.ts';
import { openPolyglot } from './polyglot/open-polyglot.ts';
import type { NativeReader, Reader } from './reader.ts';
import { openSqlparser } from './sqlparser-rs/open-sqlparser.ts';

interface Candidate {
  readonly name: ReaderName;
  /** Loads the library at the first call; undefined where it has no grammar for the dialect. */
  readonly open: () => Promise<Reader | NativeReader | undefined>;
}

interface NativeCandidate {
  readonly name: ReaderName;
  readonly open: () => Promise<NativeReader>;
  /** Whether it represents expressions; else it tells tables and columns only. */
  readonly isExact: boolean;
}

interface Question {
  readonly dialect: DialectName;
  readonly chains: Chains;
  /** How many tokens the text has. */
  readonly size: number;
  /** How many characters. */
  readonly length: number;
}

/** The parser libraries of one thread, each loaded when first asked. */
export interface ReaderSet {
  /** Who may be asked about a text, best first. */
  readonly inOrder: (question: Question) => readonly Candidate[];
  /** The warehouse's own parser, where there is one: asked first whether a text is valid at all. */
  readonly nativeOf: (dialect: DialectName) => NativeCandidate | undefined;
  /** A reader that crashed answers wrongly or not at all from then on. */
  readonly leaveOut: (name: ReaderName) => void;
  readonly hasCrashed: () => boolean;
}

/** Above 700 operators in a row sqlparser-rs overflows its stack and is dead for good. */
const SQLPARSER_MAX_OPERATORS = 450;
/** So it does from some 500 joins on. */
const SQLPARSER_MAX_JOINS = 300;
/** Each argument of PostgreSQL it reads twice, for it may be named by any expression: its time doubles with each call in a call. */
const SQLPARSER_MAX_POSTGRES_CALLS = 8;

/**
 * Tokens the slower readers are given. A clock would decide otherwise on another machine: these sizes
 * cost seconds at the worst (polyglot tries some expressions many times over, the third most).
 */
const POLYGLOT_MAX_TOKENS = 45_000;
const THIRD_MAX_TOKENS = 2_000;
/** It goes over a string once for each of its rules. */
const THIRD_MAX_LENGTH = 50_000;
/** Its time doubles with each bracket around an error, and is seconds from the tenth on. */
const THIRD_MAX_DEPTH = 8;

export interface ReaderSetOptions {
  /** Told before a library is loaded, and after: that takes long, and is not the statement's fault. */
  readonly onLoad?: (isLoading: boolean) => void;
  /** How work of a native addon is run; as it is, where the thread is never ended from outside. */
  readonly runNative?: RunNative;
}

export function openReaderSet({
  onLoad,
  runNative = (work) => work(),
}: ReaderSetOptions = {}): ReaderSet {
  const left = new Set<ReaderName>();
  const natives: Partial<Record<DialectName, NativeCandidate>> = {
    postgres: { name: 'libpg', open: once(openLibpg, onLoad), isExact: true },
    duckdb: { name: 'duckdb', open: once(() => openDuckdb(runNative), onLoad), isExact: false },
  };
  const sqlparser: Candidate = { name: 'sqlparser-rs', open: once(openSqlparser, onLoad) };
  const polyglot: Candidate = { name: 'polyglot', open: once(openPolyglot, onLoad) };
  const thirds = new Map<DialectName, Candidate>();

  function thirdFor(dialect: DialectName): Candidate {
    const known = thirds.get(dialect);
    const open = () => openNodeSqlParser(dialect);
    const third = known ?? { name: 'node-sql-parser', open: once(open, onLoad) };
    thirds.set(dialect, third);
    return third;
  }

  function nativeOf(dialect: DialectName): NativeCandidate | undefined {
    const native = natives[dialect];
    return native === undefined || left.has(native.name) ? undefined : native;
  }

  return {
    nativeOf,
    inOrder(question) {
      const { dialect, size } = question;
      const native = nativeOf(dialect);
      const readers: readonly Candidate[] = [
        ...(isForSqlparser(question) ? [sqlparser] : []),
        ...(native?.isExact === true ? [native] : []),
        ...(size <= POLYGLOT_MAX_TOKENS ? [polyglot] : []),
        ...(native?.isExact === false ? [native] : []),
        ...(isForThird(question) ? [thirdFor(dialect)] : []),
      ];
      return readers.filter(({ name }) => !left.has(name));
    },
    leaveOut: (name) => {
      left.add(name);
    },
    hasCrashed: () => left.size > 0,
  };
}

function isForSqlparser({ dialect, chains }: Question): boolean {
  const { operators, joins, calls } = chains;
  const isQuick = dialect !== 'postgres' || calls <= SQLPARSER_MAX_POSTGRES_CALLS;
  return isQuick && operators <= SQLPARSER_MAX_OPERATORS && joins <= SQLPARSER_MAX_JOINS;
}

/** Where the warehouse's own parser reads last, a witness is of no use. */
function isForThird({ dialect, chains, size, length }: Question): boolean {
  const hasNative = dialect === 'postgres' || dialect === 'duckdb';
  const isSmall = size <= THIRD_MAX_TOKENS && length <= THIRD_MAX_LENGTH;
  return !hasNative && isSmall && chains.depth <= THIRD_MAX_DEPTH;
}

function once<T>(open: () => Promise<T>, onLoad: ReaderSetOptions['onLoad']): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return async () => {
    if (opened === undefined) {
      onLoad?.(true);
      opened = open();
      await opened;
      onLoad?.(false);
    }
    return opened;
  };
}
