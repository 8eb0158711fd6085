import type { Clock, EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { RelationId } from '../../base/relation.ts';
import type { NanoUsd } from '../../base/usd.ts';
import type { Connector } from '../../connectors/connector.ts';
import type { CertificateEntry, OneMoment } from '../../marts/certificate.ts';
import type { Mart, MartDefinition } from '../../marts/mart.ts';
import type { WorkDone } from '../../marts/receipt.ts';
import { compareResults } from '../../prove/compare-results.ts';
import { meterSession } from '../../prove/metered.ts';
import { oneStatement } from '../../prove/one-statement.ts';
import type { DialectName } from '../../sql/dialect.ts';
import type { MartView } from '../../sql/match/match.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import { logicalTwin } from '../stand-in.ts';
import { openTogether, type TogetherCode } from './first-use-together.ts';
import type { TrialOutcome } from './trial-gate.ts';
import { openTrialGate } from './trial-gate.ts';

export interface FirstUse {
  /** Compares once per pair of statement shape and mart definition; remembered afterwards. */
  prove(use: RewriteUse): Promise<FirstUseOutcome>;
}

export type FirstUseOutcome =
  | {
      readonly kind: 'proved';
      /** What was tried and seen, for the certificate. */
      readonly entries: readonly CertificateEntry[];
      /** Given where the rewrite reads several marts, or base beside them: the only text that may be given out. */
      readonly together?: { readonly sql: string; readonly asOf: EpochMs };
    }
  | {
      readonly kind: 'unproved';
      /** Stable. */
      readonly code: TogetherCode | 'PROOF_PENDING' | 'PROVED_UNEQUAL';
      readonly because: string;
    };

export interface RewriteUse {
  readonly fingerprint: string;
  readonly original: string;
  readonly query: NormalQuery;
  readonly rewritten: NormalQuery;
  readonly marts: readonly UsedMart[];
  /** As the rewrite's certificate says. */
  readonly oneMoment?: OneMoment | undefined;
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
}

/** A mart as the matcher saw it. */
export interface UsedMart extends MartView {
  readonly mart: Mart;
}

export interface FirstUseParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** By which share of its CPU time an answer must be cheaper that looks at its sources first. */
  readonly minimumGain: number;
  readonly priceCpu: (cpuMs: number) => NanoUsd;
  readonly onWork: (work: WorkDone) => void;
  /** How a first use is tried on small random databases; the defaults where absent. */
  readonly trial?: { readonly databases: number; readonly waitMs: number };
}

/** Some tenths of a second of a core; of the planted wrong rewrites that can be caught, 99 of 100: `bench/README.md`. */
const TRIAL = { databases: 256, waitMs: 5000 };

/** Kind of the kept documents: what was proved, and what was found to differ. */
const PROVED = 'first-use';

/** What a build's replays have compared already needs no comparison at its first use. */
export function keepProved(
  documents: DocumentStore,
  proved: { readonly fingerprints: readonly string[]; readonly definition: MartDefinition },
): void {
  const digest = digestOf(proved.definition);
  for (const fingerprint of proved.fingerprints) {
    documents.put(PROVED, `${digest}/${fingerprint}`, 'equal');
  }
}

/**
 * First the rewrite is tried on small random databases that keep to the verified facts. Then the original statement and its
 * rewrite, with the mart's logical definition in the mart's place, are compared as
 * multisets on one read-only snapshot before the rewrite answers anybody. What differed once is not tried again until
 * the mart's definition changes.
 */
export function openFirstUse(parts: FirstUseParts): FirstUse {
  const { connector, documents, clock } = parts;
  const done = (relation: RelationId, cpuMs: number) =>
    parts.onWork({
      at: clock.now(),
      relation,
      kind: 'first-use',
      cpuMs,
      cost: parts.priceCpu(cpuMs),
    });
  const tryOnSmall = openTrialGate({
    documents,
    ...(parts.trial ?? TRIAL),
    onTried: (mart, cpuMs) => mart && done(mart.definition.relation, cpuMs),
  });
  const proveTogether = openTogether(parts);
  return {
    async prove(use) {
      const [first] = use.marts;
      if (first === undefined) {
        return unproved('its marts are no longer there');
      }
      const trial = await tryOnSmall(use);
      if (trial.kind === 'pending') {
        return {
          kind: 'unproved',
          code: 'PROOF_PENDING',
          because: 'its first use is being tried on small random databases; ask again in a moment',
        };
      }
      if (trial.kind === 'unequal') {
        return {
          kind: 'unproved',
          code: 'PROVED_UNEQUAL',
          because: `of ${trial.databases} small random databases one told it from the statement: please report it with the output of \`goldsmith match --prove\``,
        };
      }
      const entry = entryOf(trial);
      const asked = oneStatement(use.original, use.dialect);
      if (asked === undefined) {
        return unproved('its rewrite over the logical definition cannot be printed');
      }
      const { relation } = first.mart.definition;
      let cpuMs = 0;
      const onCpu = (spent: number) => {
        cpuMs += spent;
      };
      try {
        if (use.oneMoment === undefined) {
          return await proveOne(use, { first, asked, entry, onCpu });
        }
        const proof = await proveTogether({ ...use, oneMoment: use.oneMoment, asked, onCpu });
        return proof.kind === 'unproved'
          ? proof
          : {
              kind: 'proved',
              entries: [entry, proof.entry],
              together: { sql: proof.sql, asOf: proof.asOf },
            };
      } catch (error) {
        if (error instanceof GoldsmithError) {
          return unproved(`both sides could not be compared: ${error.message}`);
        }
        throw error;
      } finally {
        if (cpuMs > 0) {
          done(relation, cpuMs);
        }
      }
    },
  };

  /** The mart's own rows may be older than this snapshot: its definition stands for it. */
  async function proveOne(
    { fingerprint, rewritten, dialect, marts }: RewriteUse,
    { first, asked, entry, onCpu }: OneProof,
  ): Promise<FirstUseOutcome> {
    const { mart } = first;
    if (marts.length > 1) {
      return unproved('it reads several marts, and nothing says that they are of one moment');
    }
    const key = `${mart.definitionDigest}/${fingerprint}`;
    const known = documents.get(PROVED, key);
    if (known !== undefined) {
      return known === 'equal'
        ? { kind: 'proved', entries: [entry] }
        : unproved('the first use of this shape differed from base');
    }
    const { relation, sql: definitionSql } = mart.definition;
    const twin = logicalTwin(rewritten, { mart: relation, definitionSql, dialect });
    if (twin === undefined) {
      return unproved('its rewrite over the logical definition cannot be printed');
    }
    const comparison = await connector.transaction(
      (session) =>
        compareResults(
          meterSession(session, (_purpose, cost) => onCpu(cost.cpuMs)),
          { left: asked, right: twin, purpose: 'replay', timeoutMs: parts.timeoutMs },
        ),
      { readOnly: true, purpose: 'replay', timeoutMs: parts.timeoutMs },
    );
    documents.put(PROVED, key, comparison.kind);
    return comparison.kind === 'equal'
      ? { kind: 'proved', entries: [entry] }
      : unproved(comparison.because);
  }
}

interface OneProof {
  readonly first: UsedMart;
  readonly asked: string;
  readonly entry: CertificateEntry;
  readonly onCpu: (cpuMs: number) => void;
}

function unproved(because: string): FirstUseOutcome {
  return { kind: 'unproved', code: 'FIRST_USE_UNPROVED', because };
}

function entryOf(trial: Extract<TrialOutcome, { kind: 'equal' | 'not-tried' }>): CertificateEntry {
  return {
    step: 'tried-on-small-databases',
    because:
      trial.kind === 'equal'
        ? `the statement and the rewrite answered alike on ${trial.databases} small random databases that keep to the facts`
        : `not tried on small databases: ${trial.because}`,
    facts: [],
  };
}
