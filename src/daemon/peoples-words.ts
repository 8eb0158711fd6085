import type { RelationId } from '../base/relation.ts';
import type { Engine } from './engine.ts';
import { observe } from './observe.ts';
import { relationNamed } from './relation-named.ts';
import { KEPT_ATTRIBUTE, prunedAttribute } from './restore.ts';
import { DECLINED } from './rollback.ts';

/** A person said no to a mart. In the warehouse: a state file that is lost must not forget it. */
export function rememberNo(engine: Engine, relation: RelationId): Promise<void> {
  const because = 'a person asked for a view';
  return rememberWord(engine, { relation, digest: relation, code: DECLINED, because });
}

/** A person wants an attribute back that is on its way out: remembered, and which relation's it is. */
export async function keepAttribute(
  engine: Engine,
  wanted: {
    readonly relation: string;
    readonly attribute: string;
    readonly signal: AbortSignal;
  },
): Promise<RelationId> {
  const marts = await engine.ledger.readMarts();
  const schema = await observe(engine, { marts, signal: wanted.signal });
  const relation = relationNamed(wanted.relation, { schema, names: engine.names });
  const digest = prunedAttribute({ relation, attribute: wanted.attribute }, marts);
  const because = 'a person asked for it back';
  await rememberWord(engine, { relation, digest, code: KEPT_ATTRIBUTE, because });
  return relation;
}

async function rememberWord(
  { connector, ledger, clock }: Engine,
  word: {
    readonly relation: RelationId;
    readonly digest: string;
    readonly code: string;
    readonly because: string;
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
