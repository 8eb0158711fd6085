import type { Clock } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { RelationId } from '../base/relation.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { Connector } from '../connectors/connector.ts';
import type { CertificateEntry } from '../marts/certificate.ts';
import type { Mart, MartDefinition } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import { compareResults } from '../prove/compare-results.ts';
import { meterSession } from '../prove/metered.ts';
import { oneStatement } from '../prove/one-statement.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { logicalTwin } from './stand-in.ts';
import type { TrialOutcome } from './trial-gate.ts';
import { openTrialGate } from './trial-gate.ts';

export interface FirstUse {
  /** Compares once per pair of statement shape and mart definition; remembered afterwards. */
  prove(use: RewriteUse): Promise<FirstUseOutcome>;
}

export type FirstUseOutcome =
  | {
      readonly kind: 'proved';
      /** What trying it on small random databases adds to the certificate. */
      readonly entry: CertificateEntry;
    }
  | {
      readonly kind: 'unproved';
      /** Stable. */
      readonly code: 'FIRST_USE_UNPROVED' | 'PROOF_PENDING' | 'PROVED_UNEQUAL';
      readonly because: string;
    };

export interface RewriteUse {
  readonly fingerprint: string;
  readonly original: string;
  readonly query: NormalQuery;
  readonly rewritten: NormalQuery;
  readonly marts: readonly { readonly mart: Mart; readonly query: NormalQuery }[];
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
}

export interface FirstUseParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
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
    onTried: (mart, cpuMs) => done(mart.definition.relation, cpuMs),
  });
  return {
    async prove(use) {
      const { fingerprint, original, rewritten, dialect } = use;
      const [only, ...more] = use.marts;
      if (only === undefined || more.length > 0) {
        return unproved(
          'it needs several marts at once, which is not compared in one step yet: ask for one of them',
        );
      }
      const { mart } = only;
      const trial = await tryOnSmall({ ...use, mart, martQuery: only.query });
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
      const key = `${mart.definitionDigest}/${fingerprint}`;
      const known = documents.get(PROVED, key);
      if (known !== undefined) {
        return known === 'equal'
          ? { kind: 'proved', entry }
          : unproved('the first use of this shape differed from base');
      }
      const { relation, sql: definitionSql } = mart.definition;
      const twin = logicalTwin(rewritten, { mart: relation, definitionSql, dialect });
      const asked = oneStatement(original, dialect);
      if (twin === undefined || asked === undefined) {
        return unproved('its rewrite over the logical definition cannot be printed');
      }
      let cpuMs = 0;
      try {
        const comparison = await connector.transaction(
          (session) =>
            compareResults(
              meterSession(session, (_purpose, cost) => {
                cpuMs += cost.cpuMs;
              }),
              { left: asked, right: twin, purpose: 'replay', timeoutMs: parts.timeoutMs },
            ),
          { readOnly: true, purpose: 'replay', timeoutMs: parts.timeoutMs },
        );
        documents.put(PROVED, key, comparison.kind);
        return comparison.kind === 'equal'
          ? { kind: 'proved', entry }
          : unproved(comparison.because);
      } catch (error) {
        if (error instanceof GoldsmithError) {
          return unproved(`both sides could not be compared: ${error.message}`);
        }
        throw error;
      } finally {
        done(relation, cpuMs);
      }
    },
  };
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
