import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { type PersonsNo, REASONS } from '../propose/persons-no.ts';
import type { Engine } from './engine.ts';
import { observe } from './observe.ts';
import { NO_CODES, RECONSIDERED } from './proposals/persons-noes.ts';
import { relationNamed } from './relation-named.ts';
import { KEPT_ATTRIBUTE, prunedAttribute } from './restore.ts';
import { DECLINED } from './rollback.ts';

/** A person said no to a mart. In the warehouse: a state file that is lost must not forget it. */
export function rememberNo(engine: Engine, relation: RelationId): Promise<void> {
  const because = 'a person asked for a view';
  return rememberWord(engine, { relation, digest: relation, code: DECLINED, because });
}

/** Writes noes to proposals down in the warehouse, and makes the ledger first where there is none yet. */
export async function rememberNoes(engine: Engine, noes: readonly PersonsNo[]): Promise<void> {
  if (noes.length > 0) {
    await engine.ledger.ensure();
  }
  for (const { kind, relation, at, reason, evidenceRuns, sources } of noes) {
    await rememberWord(engine, {
      relation,
      digest: relation,
      code: NO_CODES[kind],
      because: `a person said no to a proposal${reason === undefined ? '' : `: ${REASONS[reason]}`}`,
      at,
      evidence: {
        ...(reason === undefined ? {} : { reason }),
        ...(evidenceRuns === undefined ? {} : { runs: evidenceRuns }),
        ...(sources === undefined ? {} : { sources: sources.join('\n') }),
      },
    });
  }
}

/** Takes back every no to a relation: by a person's word, or because the evidence outweighs it now. */
export async function reconsider(
  engine: Engine,
  { relation, because }: { readonly relation: RelationId; readonly because: string },
): Promise<void> {
  await engine.ledger.ensure();
  await rememberWord(engine, { relation, digest: relation, code: RECONSIDERED, because });
}

/** A person wants attributes back that are on their way out: remembered, and which relation's they are. */
export async function keepAttributes(
  engine: Engine,
  wanted: {
    readonly relation: string;
    readonly attributes: readonly string[];
    readonly signal: AbortSignal;
  },
): Promise<RelationId> {
  const marts = await engine.ledger.readMarts();
  const schema = await observe(engine, { marts, signal: wanted.signal });
  const relation = relationNamed(wanted.relation, { schema, names: engine.names });
  const digests = wanted.attributes.map((attribute) =>
    prunedAttribute({ relation, attribute }, marts),
  );
  const because = 'a person asked for it back';
  for (const digest of digests) {
    await rememberWord(engine, { relation, digest, code: KEPT_ATTRIBUTE, because });
  }
  return relation;
}

async function rememberWord(
  { connector, ledger, clock }: Engine,
  word: {
    readonly relation: RelationId;
    readonly digest: string;
    readonly code: string;
    readonly because: string;
    readonly at?: EpochMs;
    readonly evidence?: Readonly<Record<string, string | number>>;
  },
): Promise<void> {
  await connector.transaction(
    (session) => ledger.recordRefusal({ at: clock.now(), evidence: {}, ...word }, session),
    {
      readOnly: false,
      purpose: 'ledger',
      ...(connector.capabilities.transactionalDdl ? {} : { commits: 'each' }),
    },
  );
}
