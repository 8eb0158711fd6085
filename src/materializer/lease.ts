import { randomInt } from 'node:crypto';
import type { EpochMs } from '../base/clock.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Connector, Session } from '../connectors/connector.ts';
import { numberCell, onlyRow, textCell } from '../prove/cells.ts';
import { isConflict } from './is-conflict.ts';
import type { Ledger } from './ledger.ts';

/**
 * The one hand that may write (law 14). The token grows with every holder and is checked in every writing
 * transaction, so a holder that was paused past its expiry cannot act on what it still believes.
 */
export interface Lease {
  readonly token: number;
  readonly holder: string;
  /** Rejects with `LEASE_LOST` when the session's snapshot names a newer token. */
  check(session: Session): Promise<void>;
  /** Last statement of a writing transaction: writes the lease row, so a takeover in between conflicts with us. */
  fence(session: Session): Promise<void>;
  /** Rejects with `LEASE_LOST` when somebody took over. */
  renew(now: EpochMs): Promise<void>;
  /** Lets the next holder in at once; does nothing when the lease is lost already. */
  release(): Promise<void>;
}

export type LeaseAnswer =
  | { readonly kind: 'held'; readonly lease: Lease }
  | { readonly kind: 'busy'; readonly holder: string; readonly until: EpochMs };

export interface LeaseRequest {
  /** Who asks: a name that stays the same over restarts takes its own lease back at once, with a larger token. */
  readonly holder: string;
  readonly ttlMs: number;
  readonly now: EpochMs;
}

const options = { purpose: 'ledger' } as const;

/** Who holds the lease, and until when unless it shows a sign of life. */
export interface LeaseState {
  readonly token: number;
  readonly holder: string;
  readonly until: EpochMs;
}

/** Looks who holds the lease; takes nothing. The ledger must exist. */
export async function readLease(ledger: Ledger, session: Session): Promise<LeaseState> {
  const { lease, leaseExpiry } = ledger.tables;
  const result = await session.query(
    `select lease.token, lease.holder, expiry.expires_at
from ${lease} as lease cross join ${leaseExpiry} as expiry`,
    options,
  );
  const [token, heldBy, until] = onlyRow(result);
  return { token: numberCell(token), holder: textCell(heldBy) ?? '', until: numberCell(until) };
}

/**
 * Two that ask at once see the same token, and where each statement commits by itself neither would notice the other by a next
 * one that both compute: the row each finds afterwards tells whose it is.
 */
const MOST_APART = 2 ** 31;

/** Takes the lease when it is free, expired, or our own from before. The ledger must exist. */
export async function acquireLease(
  { connector, ledger }: { readonly connector: Connector; readonly ledger: Ledger },
  { holder, ttlMs, now }: LeaseRequest,
): Promise<LeaseAnswer> {
  const { lease, leaseExpiry } = ledger.tables;
  const readState = (session: Session) => readLease(ledger, session);
  const isAtomic = connector.capabilities.transactionalDdl;

  try {
    return await connector.transaction(
      async (session): Promise<LeaseAnswer> => {
        const held = await readState(session);
        if (held.until > now && held.holder !== holder) {
          return { kind: 'busy', holder: held.holder, until: held.until };
        }
        const token = held.token + (isAtomic ? 1 : randomInt(1, MOST_APART));
        await session.execute(
          `update ${lease} set token = ${token}, holder = ${session.wording.names.text(holder)} where token = ${held.token}`,
          options,
        );
        const taken = await readState(session);
        if (taken.token !== token) {
          return { kind: 'busy', holder: taken.holder, until: Math.max(taken.until, now + 1) };
        }
        await session.execute(
          `update ${leaseExpiry} set token = ${token}, expires_at = ${now + ttlMs} where token < ${token}`,
          options,
        );
        return {
          kind: 'held',
          lease: heldLease({ connector, ledger, token, holder, ttlMs, now }),
        };
      },
      { readOnly: false, ...(isAtomic ? {} : { commits: 'each' }), ...options },
    );
  } catch (error) {
    if (!isConflict(error)) {
      throw error;
    }
    const held = await readState(connector);
    return { kind: 'busy', holder: held.holder, until: Math.max(held.until, now + 1) };
  }
}

interface HeldParts {
  readonly connector: Connector;
  readonly ledger: Ledger;
  readonly token: number;
  readonly holder: string;
  readonly ttlMs: number;
  /** When it was taken. */
  readonly now: EpochMs;
}

/** A renewal is a write of its own, and each write looks at the lease anyway: a good part of it must be over first. */
const RENEW_BELOW = 0.6;

function heldLease({ connector, ledger, token, holder, ttlMs, now }: HeldParts): Lease {
  const { lease, leaseExpiry } = ledger.tables;
  // Tokens only grow, so looking after writing tells whether what was written was ours.
  const rowsOf = async (session: Session, table: string) =>
    (await session.query(`select token from ${table} where token = ${token}`, options)).rows.length;
  const mustBeOurs = (rows: number, doing: string) => {
    if (rows === 0) {
      throw new GoldsmithError(
        'LEASE_LOST',
        `another Goldsmith took the lease over from ${holder} (token ${token}) before ${doing}: nothing was written; stop one of the two`,
        { details: { holder, token } },
      );
    }
  };
  let renewedAt = now;
  return {
    token,
    holder,
    async check(session) {
      mustBeOurs(await rowsOf(session, lease), 'it began to write');
    },
    async fence(session) {
      await session.execute(`update ${lease} set token = token where token = ${token}`, options);
      mustBeOurs(await rowsOf(session, lease), 'it could commit');
    },
    async renew(now) {
      const left = renewedAt + ttlMs - now;
      if (left > ttlMs * RENEW_BELOW && now >= renewedAt) {
        return;
      }
      await connector.execute(
        `update ${leaseExpiry} set expires_at = ${now + ttlMs} where token = ${token}`,
        options,
      );
      mustBeOurs(await rowsOf(connector, leaseExpiry), 'it was renewed');
      renewedAt = now;
    },
    async release() {
      await connector.execute(
        `update ${leaseExpiry} set expires_at = 0 where token = ${token}`,
        options,
      );
    },
  };
}
