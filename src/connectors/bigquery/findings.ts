import type { RelationId } from '../../base/relation.ts';
import type { CallOptions, Finding, Needs } from '../connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';
import type { BigquerySession } from './bigquery-session.ts';
import type { Contract } from './contract.ts';
import type { Region } from './information-schema.ts';

/** What is asked of one identity; of a dry run only whether it passes is looked at. */
export interface Asking extends Pick<BigquerySession, 'query'> {
  check(sql: string, options: CallOptions): Promise<unknown>;
}

export type AskingWriter = Asking & Pick<BigquerySession, 'rowPolicies' | 'lentTo' | 'running'>;

export interface DiagnosedProject {
  readonly reader: Asking;
  /** Absent where nothing is written. */
  readonly writer?: AskingWriter;
  /** The reader, and the writer where there is one, as IAM knows them. */
  readonly users: readonly string[];
  readonly region: Region;
  readonly contract: Contract;
  readonly now: () => number;
}

/** Of whom it is asked. */
export interface Asked {
  readonly user: string;
  readonly region: Region;
  readonly options: CallOptions;
}

/** What will be asked for. */
export interface Wanted {
  readonly needs: Needs;
  readonly options: CallOptions;
}

/** Somebody else's dataset that holds something. */
export interface PeoplesDataset {
  readonly name: string;
  /** One of its tables; absent where it has views only. */
  readonly table: RelationId | undefined;
}

/** Whether the service lets it through; whatever else goes wrong rejects. */
export async function isLet(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'CONNECTOR_PERMISSION_DENIED') {
      return false;
    }
    throw error;
  }
}

/** As `isLet`; where the service does not answer such a question, why it is not known. */
export async function whetherLet(
  ask: () => Promise<unknown>,
): Promise<boolean | { readonly because: string }> {
  try {
    return await isLet(ask);
  } catch (error) {
    return { because: whyUnknown(error) };
  }
}

/** A finding; where the service does not answer what it rests on, one line that it is not known. */
export async function orUnknown(what: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    return odd(`it is not known ${what}, ${whyUnknown(error)}`);
  }
}

/** What holds for whatever is asked: to go on would say one thing many times. */
const ENDS: ReadonlySet<ConnectorErrorCode> = new Set<ConnectorErrorCode>([
  'CONNECTOR_UNREACHABLE',
  'CONNECTOR_SIGN_IN_FAILED',
  'CONNECTOR_TLS_REFUSED',
  'CONNECTOR_DATABASE_MISSING',
  'CONNECTOR_CLOSED',
]);

/** Rejects with what is no answer of the service to this one question. */
function whyUnknown(error: unknown): string {
  if (!(error instanceof ConnectorError) || ENDS.has(error.code)) {
    throw error;
  }
  return `because the service did not say: ${error.message}`;
}

export function good(detail: string): Finding {
  return { ok: true, isWarning: false, detail, remedy: [] };
}

export function bad(detail: string, remedy: readonly string[]): Finding {
  return { ok: false, isWarning: false, detail, remedy };
}

export function odd(detail: string, remedy: readonly string[] = []): Finding {
  return { ok: true, isWarning: true, detail, remedy };
}
