import type { Clock } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { NanoUsd } from '../base/usd.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Mart, MartDefinition } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import { compareResults } from '../prove/compare-results.ts';
import { meterSession } from '../prove/metered.ts';
import { oneStatement } from '../prove/one-statement.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { logicalTwin } from './stand-in.ts';

export interface FirstUse {
  /** Compares once per pair of statement shape and mart definition; remembered afterwards. */
  prove(
    use: RewriteUse,
  ): Promise<{ readonly kind: 'proved' } | { readonly kind: 'unproved'; readonly because: string }>;
}

export interface RewriteUse {
  readonly fingerprint: string;
  readonly original: string;
  readonly rewritten: NormalQuery;
  readonly marts: readonly Mart[];
  readonly dialect: DialectName;
}

export interface FirstUseParts {
  readonly connector: Connector;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly priceCpu: (cpuMs: number) => NanoUsd;
  readonly onWork: (work: WorkDone) => void;
}

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
 * The original statement and its rewrite, with the mart's logical definition in the mart's place, are compared as
 * multisets on one read-only snapshot before the rewrite answers anybody. What differed once is not tried again until
 * the mart's definition changes.
 */
export function openFirstUse(parts: FirstUseParts): FirstUse {
  const { connector, documents, clock } = parts;
  return {
    async prove(use) {
      const { fingerprint, original, rewritten, dialect } = use;
      const [mart, ...more] = use.marts;
      if (mart === undefined || more.length > 0) {
        return {
          kind: 'unproved',
          because:
            'it needs several marts at once, which is not compared in one step yet: ask for one of them',
        };
      }
      const key = `${mart.definitionDigest}/${fingerprint}`;
      const known = documents.get(PROVED, key);
      if (known !== undefined) {
        return known === 'equal'
          ? { kind: 'proved' }
          : { kind: 'unproved', because: 'the first use of this shape differed from base' };
      }
      const { relation, sql: definitionSql } = mart.definition;
      const twin = logicalTwin(rewritten, { mart: relation, definitionSql, dialect });
      const asked = oneStatement(original, dialect);
      if (twin === undefined || asked === undefined) {
        return {
          kind: 'unproved',
          because: 'its rewrite over the logical definition cannot be printed',
        };
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
          ? { kind: 'proved' }
          : { kind: 'unproved', because: comparison.because };
      } catch (error) {
        if (error instanceof GoldsmithError) {
          return {
            kind: 'unproved',
            because: `both sides could not be compared: ${error.message}`,
          };
        }
        throw error;
      } finally {
        parts.onWork({
          at: clock.now(),
          relation,
          kind: 'verification',
          cpuMs,
          cost: parts.priceCpu(cpuMs),
        });
      }
    },
  };
}
