import type { RelationId } from '../../base/relation.ts';
import type {
  CallOptions,
  Capabilities,
  CatalogRelation,
  Cell,
  Connector,
  Finding,
  Needs,
  QueryResult,
  Session,
  StatementCost,
  TransactionOptions,
} from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { stopStatements } from '../stop-statements.ts';
import { toldAnswer } from '../told-stream.ts';
import type { Wording } from '../wording.ts';
import { BigqueryClient } from './bigquery-client.ts';
import { BigquerySession, type BigquerySessionParts } from './bigquery-session.ts';
import { outsideTransactions, runInTransaction } from './bigquery-transaction.ts';
import { bigqueryWording } from './bigquery-wording.ts';
import type { Contract } from './contract.ts';
import { diagnoseBigquery } from './diagnose.ts';
import type { Region } from './information-schema.ts';
import { refreshedAs } from './native-wording.ts';
import { type KnownBigquery, readBigqueryCatalog } from './read-bigquery-catalog.ts';
import { turns } from './turns.ts';
import { mayRunNothing, requireDatasets } from './way-in.ts';

export interface BigqueryTarget extends Region, Contract {
  readonly name: string;
  readonly apiEndpoint?: string | undefined;
  /** Where names without a dataset are looked up. */
  readonly dataset?: string | undefined;
  /** A credential file each; without one the application default credentials sign in. */
  readonly reader: { readonly keyFile?: string | undefined };
  /** Absent: nothing is written. */
  readonly writer?: { readonly keyFile?: string | undefined } | undefined;
  /** Nothing that writes is sent, whatever asks for it: the service judges each statement before it runs. */
  readonly readOnly?: boolean;
  /** What one statement may be billed at most. */
  readonly maximumBytesBilled: number;
  readonly statementTimeoutMs: number;
  /** Statements of each identity in flight at most; default 8. */
  readonly connections?: number | undefined;
  /** Between attempts of a request that did not get through. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Opens BigQuery; each identity runs one free statement at once, and the reader looks where datasets lie, so that a wrong project,
 * location or sign-in is told now.
 *
 * Raises `CONNECTOR_UNREACHABLE`, `CONNECTOR_SIGN_IN_FAILED`, `CONNECTOR_DATABASE_MISSING`, `CONNECTOR_PERMISSION_DENIED`.
 */
export async function openBigquery(target: BigqueryTarget): Promise<Connector> {
  const connector = new BigqueryConnector(target);
  await connector.signIn();
  return connector;
}

class BigqueryConnector implements Connector {
  readonly name: string;
  readonly dialect = 'bigquery';
  readonly wording: Wording;
  readonly capabilities: Capabilities;
  users: readonly string[] = [];
  readonly #region: Region;
  readonly #reader: BigquerySessionParts;
  readonly #writer: BigquerySessionParts | undefined;
  readonly #sleep: BigqueryTarget['sleep'];
  /** Of the catalog, what need not be asked for again while it does not change. */
  #known: KnownBigquery | undefined;
  #isClosed = false;

  constructor(target: BigqueryTarget) {
    const { name, project, location, reader, writer, billing, slotHours, connections = 8 } = target;
    this.name = name;
    this.#region = { project, location };
    this.#sleep = target.sleep;
    this.wording = bigqueryWording({ ...this.#region, dataset: target.dataset });
    this.capabilities = {
      canWrite: writer !== undefined && target.readOnly !== true,
      // A transaction takes no statement that makes, changes or drops a permanent object.
      transactionalDdl: false,
      replaceViewChangesColumns: true,
      // A view's comparison with the clock keeps it from being cached, and whether a branch is then left unread is not told.
      foldsNowInViews: false,
      hasGrants: true,
      oneStatementOneSnapshot: true,
      hiding: 'side-tables',
      // CREATE TABLE .. CLUSTER BY: up to four columns, none of which is a number with a floating point.
      clusters: {
        most: 4,
        types: String.raw`^(int64|string|date|datetime|timestamp|bool|(big)?numeric)\b`,
        // PARTITION BY: parts of about 10 GB, by Google's advice, which is what a year of months has then.
        parts: { types: '^(date|datetime|timestamp)$', leastBytes: 120 * 2 ** 30 },
      },
      nativeShapes: [
        { kind: 'materialized view', refresh: 'incremental', bareAggregates: true, live: true },
      ],
      billing,
      ...(slotHours === undefined ? {} : { slotHours }),
    };
    const open = (
      { keyFile }: BigqueryTarget['reader'],
      identity: 'reader' | 'writer',
    ): BigquerySessionParts => ({
      name,
      wording: this.wording,
      client: new BigqueryClient({
        name,
        identity,
        address: { project, location, apiEndpoint: target.apiEndpoint, keyFile },
        sleep: target.sleep,
      }),
      contract: { billing, slotHours },
      dataset: target.dataset,
      maximumBytesBilled: String(Math.round(target.maximumBytesBilled)),
      statementTimeoutMs: target.statementTimeoutMs,
      turn: turns({ name, size: connections }),
    });
    this.#reader = { ...open(reader, 'reader'), readOnly: target.readOnly === true };
    this.#writer =
      writer === undefined || target.readOnly === true ? undefined : open(writer, 'writer');
  }

  /** Learns who both identities are, and that something lies where we look. */
  async signIn(): Promise<void> {
    const all = [this.#reader, ...(this.#writer === undefined ? [] : [this.#writer])];
    this.users = await Promise.all(
      all.map((parts, at) =>
        this.#session(parts)
          .user({ purpose: 'catalog' })
          .catch((error: unknown) => {
            throw mayRunNothing(error, {
              ...this.#region,
              identity: at === 0 ? 'reader' : 'writer',
            });
          }),
      ),
    );
    await requireDatasets(this.#reader, this.#region);
  }

  async query(sql: string, options: CallOptions): Promise<QueryResult> {
    const identity = options.purpose === 'ledger' ? (this.#writer ?? this.#reader) : this.#reader;
    return this.#statements(identity).query(sql, options);
  }

  async *stream(sql: string, options: CallOptions): AsyncGenerator<readonly (readonly Cell[])[]> {
    yield* this.#session(this.#reader).stream(sql, options);
  }

  async execute(sql: string, options: CallOptions): Promise<StatementCost> {
    return this.#statements(this.#forWriting(options)).execute(sql, options);
  }

  async transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result> {
    const parts = options.readOnly ? this.#reader : this.#forWriting(options);
    const session = this.#statements(parts);
    if (!options.readOnly && options.commits === 'each') {
      options.signal?.throwIfAborted();
      return await work(session);
    }
    return runInTransaction(work, { parts, options });
  }

  async readCatalog(options: CallOptions): Promise<readonly CatalogRelation[]> {
    const reader = this.#session(this.#reader);
    const { relations, known } = await readBigqueryCatalog({
      session: { query: (sql, asked) => toldAnswer(reader.query(sql, asked), asked) },
      region: this.#region,
      options,
      known: this.#known,
      now: Date.now(),
    });
    this.#known = known;
    return relations;
  }

  diagnose(needs: Needs, options: CallOptions): Promise<readonly Finding[]> {
    const writer = this.#writer;
    return diagnoseBigquery(
      {
        reader: this.#session(this.#reader),
        ...(writer === undefined ? {} : { writer: this.#session(writer) }),
        users: this.users,
        region: this.#region,
        contract: this.#reader.contract,
        now: () => Date.now(),
      },
      { needs, options },
    );
  }

  stopStatements(relations: readonly RelationId[], options: CallOptions): Promise<number> {
    const { client } = this.#forWriting(options);
    const { signal } = options;
    return stopStatements(
      relations.flatMap((relation) => [
        this.wording.names.relation(relation),
        refreshedAs(relation, this.#region),
      ]),
      {
        running: () => client.running(signal),
        cancel: (id) => client.cancel(id),
        sleep: this.#sleep,
        signal,
      },
    );
  }

  /** Free of charge, by whoever would send it. */
  async dryRun(sql: string, options: CallOptions): Promise<void> {
    const writes = WRITING.has(options.purpose) && this.#writer !== undefined;
    await this.#session(writes ? this.#forWriting(options) : this.#reader).check(sql, options);
  }

  /** Nothing stays open between statements; whatever runs ends by its own limit. */
  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #statements(parts: BigquerySessionParts): Session {
    this.#requireOpen();
    return outsideTransactions(parts);
  }

  #session(parts: BigquerySessionParts): BigquerySession {
    this.#requireOpen();
    return new BigquerySession(parts);
  }

  #requireOpen(): void {
    if (this.#isClosed) {
      throw new ConnectorError('CONNECTOR_CLOSED', this.name);
    }
  }

  #forWriting({ purpose }: CallOptions): BigquerySessionParts {
    if (this.#writer === undefined) {
      const addition = `to ${purpose} needs warehouse.bigquery.writer`;
      throw new ConnectorError('CONNECTOR_READ_ONLY', this.name, { addition });
    }
    return this.#writer;
  }
}

const WRITING: ReadonlySet<CallOptions['purpose']> = new Set([
  'build',
  'ledger',
  'publish',
  'drop',
]);
