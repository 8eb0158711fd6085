import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { Changes } from './changes.ts';
import type { DatabricksGrants } from './databricks-grants.ts';
import { arrowBatch, arrowSchema, thriftSchema } from './databricks-results.ts';
import {
  closeServerSession,
  openServerSession,
  type RunningStatement,
  type ServerSession,
  startStatement,
} from './databricks-statements.ts';
import type { Holds } from './holds.ts';

const require = createRequire(import.meta.url);
const thrift = createRequire(require.resolve('@databricks/sql'))('thrift') as ThriftLibrary;
const { Processor } = require('@databricks/sql/thrift/TCLIService.js') as {
  readonly Processor: new (handler: object) => { process(input: object, output: object): void };
};

/** The part of Apache Thrift's library used here; it brings no types of its own. */
interface ThriftLibrary {
  readonly TBufferedTransport: {
    new (_: undefined, onFlush: (bytes: Buffer) => void): object;
    receiver(take: (transport: object) => void, sequence: number): (bytes: Buffer) => void;
  };
  readonly TBinaryProtocol: new (transport: object) => object;
}

const OK = { statusCode: 0 };
const STATES = { running: 1, finished: 2, cancelled: 3, failed: 5, 'timed-out': 7 } as const;
const ARROW_BASED_SET = 0;
const PROTOCOL_V8 = 0xa508;
const PAGE_ROWS = 4_000;
const MOMENT_MS = 50;

export interface ProtocolParts {
  readonly instance: DuckDBInstance;
  readonly catalog: string;
  /** Every statement anybody sent, kept after it was closed. */
  readonly statements: RunningStatement[];
  readonly tags: Map<string, string>;
  readonly changes: Changes;
  readonly holds: Holds;
  readonly grants: DatabricksGrants;
}

interface SessionRequest {
  readonly sessionHandle: { readonly sessionId: { readonly guid: Buffer } };
}

interface OperationRequest {
  readonly operationHandle: { readonly operationId: { readonly guid: Buffer } };
}

/** Answers Thrift messages of one kind of user after another; sessions and statements live here. */
export class Protocol {
  readonly #parts: ProtocolParts;
  readonly #sessions = new Map<string, ServerSession>();
  readonly #open = new Map<string, RunningStatement>();

  constructor(parts: ProtocolParts) {
    this.#parts = parts;
  }

  /** One message in, one out; a refusal is the answer of who could not take it. */
  answer(body: Buffer, user: string, refusal?: string): Promise<Buffer> {
    const processor = new Processor(this.#handlers(user, refusal));
    return new Promise((resolve, reject) => {
      try {
        const output = new thrift.TBinaryProtocol(
          new thrift.TBufferedTransport(undefined, (bytes) => resolve(Buffer.from(bytes))),
        );
        const receive = thrift.TBufferedTransport.receiver((transport) => {
          processor.process(new thrift.TBinaryProtocol(transport), output);
        }, 0);
        receive(body);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Forgets every session, as a restarted warehouse does. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  /** Forgets what it was asked to do; what is under way is done all the same. */
  forgetStatements(): void {
    this.#open.clear();
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(closeServerSession));
  }

  #handlers(user: string, refusal: string | undefined) {
    return {
      OpenSession: async (request: {
        readonly initialNamespace?: { readonly schemaName?: string };
      }) => {
        if (refusal !== undefined) {
          return { status: { statusCode: 3, errorMessage: refusal } };
        }
        const guid = uuidBytes();
        const { instance, catalog } = this.#parts;
        const schema = request.initialNamespace?.schemaName ?? 'default';
        const session = await openServerSession(instance, {
          user,
          catalog,
          schema,
          changes: this.#parts.changes,
          holds: this.#parts.holds,
          grants: this.#parts.grants,
        });
        this.#sessions.set(guid.toString('hex'), session);
        const sessionHandle = { sessionId: { guid, secret: randomBytes(16) } };
        return {
          status: OK,
          serverProtocolVersion: PROTOCOL_V8,
          sessionHandle,
          configuration: {},
        };
      },
      CloseSession: async ({ sessionHandle }: SessionRequest) => {
        const key = sessionHandle.sessionId.guid.toString('hex');
        const session = this.#sessions.get(key);
        this.#sessions.delete(key);
        if (session !== undefined) {
          await closeServerSession(session);
        }
        return { status: OK };
      },
      ExecuteStatement: async (
        request: SessionRequest & {
          readonly statement: string;
          readonly confOverlay?: Readonly<Record<string, string>>;
        },
      ) => {
        if (refusal !== undefined) {
          return { status: { statusCode: 3, errorMessage: refusal } };
        }
        const key = request.sessionHandle.sessionId.guid.toString('hex');
        const session = this.#sessions.get(key);
        if (session === undefined) {
          const errorMessage = `Invalid SessionHandle: SessionHandle [${key}]`;
          return { status: { statusCode: 4, errorMessage } };
        }
        const statement = startStatement(session, request.statement);
        this.#parts.statements.push(statement);
        this.#parts.tags.set(statement.id, request.confOverlay?.['query_tags'] ?? '');
        this.#open.set(statement.id, statement);
        // The driver asks whether it is done ten times a second: most are, when they are given a moment.
        await Promise.race([statement.ended, setTimeout(MOMENT_MS)]);
        const guid = Buffer.from(statement.id.replaceAll('-', ''), 'hex');
        return {
          status: OK,
          operationHandle: {
            operationId: { guid, secret: randomBytes(16) },
            operationType: 0,
            hasResultSet: true,
          },
        };
      },
      GetOperationStatus: async (request: OperationRequest) => {
        if (!this.#open.has(idOf(request))) {
          const errorMessage = `Invalid OperationHandle: OperationHandle [${idOf(request)}]`;
          return { status: { statusCode: 4, errorMessage } };
        }
        const { state, failure } = this.#statement(request);
        return {
          status: OK,
          operationState: STATES[state],
          hasResultSet: true,
          ...(failure === undefined
            ? {}
            : {
                sqlState: failure.sqlState,
                errorMessage: failure.message,
                displayMessage: failure.message,
              }),
        };
      },
      GetResultSetMetadata: async (request: OperationRequest) => {
        const { columns } = this.#statement(request);
        return {
          status: OK,
          schema: thriftSchema(columns),
          resultFormat: ARROW_BASED_SET,
          lz4Compressed: false,
          arrowSchema: arrowSchema(columns),
        };
      },
      FetchResults: async (request: OperationRequest) => {
        const { columns, take } = this.#statement(request);
        const page = (await take?.(PAGE_ROWS)) ?? { rows: [], more: false };
        const { rows, more } = page;
        const batch =
          rows.length === 0
            ? []
            : [{ batch: arrowBatch(columns, rows), rowCount: int64(rows.length) }];
        return {
          status: OK,
          hasMoreRows: more,
          results: { startRowOffset: int64(0), rows: [], arrowBatches: batch },
        };
      },
      CancelOperation: async (request: OperationRequest) => {
        this.#statement(request).cancel();
        return { status: OK };
      },
      CloseOperation: async (request: OperationRequest) => {
        this.#open.delete(this.#statement(request).id);
        return { status: OK };
      },
    };
  }

  #statement(request: OperationRequest): RunningStatement {
    const id = idOf(request);
    const found = this.#open.get(id);
    if (found === undefined) {
      throw new Error(`there is no operation ${id}`);
    }
    return found;
  }
}

function idOf({ operationHandle }: OperationRequest): string {
  const hex = operationHandle.operationId.guid.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function uuidBytes(): Buffer {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
}

const Int64 = createRequire(require.resolve('@databricks/sql'))('node-int64') as new (
  value: number,
) => object;

function int64(value: number): object {
  return new Int64(value);
}

/** The call a strict binary message is for. */
export function calledMethod(body: Buffer): string {
  const length = body.length < 8 ? 0 : body.readInt32BE(4);
  return body.subarray(8, 8 + length).toString('latin1');
}
