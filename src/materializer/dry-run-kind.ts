import type { CatalogRelation, Connector, Session } from '../connectors/connector.ts';
import type { HistorySource } from '../connectors/history-row.ts';

/** A kind of statement; `run` sends it over a session that may only have it checked, and that then answers nothing. */
export interface DryRunKind {
  readonly kind: string;
  /** `real` answers: what is looked up to know what would be sent. Absent: the session itself does. */
  readonly run: (session: Session, real?: Session) => Promise<unknown>;
  /** It is asked by a way of the connector's own, really, and only looks. */
  readonly isAsked?: true;
  /** It rests on nothing that kinds before it make: what is missing is refused. */
  readonly needsNothing?: true;
  /** What is done where it is refused, which Goldsmith can do without. */
  readonly otherwise?: string;
}

/** What the statements are to be about. */
export interface DryRunTarget {
  /** A table of somebody's, to be read. */
  readonly sample: Pick<CatalogRelation, 'id' | 'columns'> | undefined;
  readonly goldSchema: string;
  readonly dataSchema: string;
  readonly ledgerSchema: string;
  readonly writes: boolean;
  /** Statements are only looked at, not carried out and undone. Absent: they are. */
  readonly onlyChecked?: boolean;
  /** Versions may be what the warehouse itself keeps. Absent: no. */
  readonly nativeShapes?: boolean;
  /** Opens the history over whatever sends its statements. Absent: it does not lie in the warehouse. */
  readonly history?: (connector: Connector) => Promise<HistorySource>;
}

/** A kind whose statements are texts, sent one after the other. */
export function sends(
  kind: string,
  sqlOf: (session: Session) => string | readonly string[],
): DryRunKind {
  return {
    kind,
    run: async (session) => {
      for (const sql of [sqlOf(session)].flat()) {
        await session.execute(sql, { purpose: 'publish' });
      }
    },
  };
}

/** Names nobody else has; they never become visible to anybody. */
export const DRY_RUN = 'goldsmith_dry_run';
