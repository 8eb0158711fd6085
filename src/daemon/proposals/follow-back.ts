import { readableRelation } from '../../base/relation.ts';
import { readDefinition } from '../../candidates/read-definition.ts';
import type { FormerDefinition, Mart } from '../../marts/mart.ts';
import { selectLogical } from '../../materializer/statements.ts';
import { makePlanValue, type Plan } from '../../plan/plan.ts';
import { isDone } from '../../propose/is-done.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { columnsDiffer } from '../../prove/describe-query.ts';
import { bindingOf } from '../drift/drift-bindings.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { cannot } from './take-back.ts';

export interface FollowBackParts {
  readonly marts: readonly Mart[];
  readonly schema: ObservedSchema;
  readonly signal: AbortSignal;
}

/**
 * Takes a rewritten definition back to the one it was before. That one was left because its sources changed, so mostly it cannot be
 * computed: rejects with `NOT_UNDONE` then, and says what a person can do.
 */
export async function followBackPlan(
  engine: Pick<Engine, 'connector' | 'parsers' | 'config' | 'clock'>,
  proposal: Proposal,
  { marts, schema, signal }: FollowBackParts,
): Promise<Plan> {
  const { connector, parsers, config, clock } = engine;
  const { dialect } = connector;
  const mart = marts.find(({ definition }) => definition.relation === proposal.relation);
  const former = mart?.former?.at(-1);
  if (mart === undefined || former === undefined) {
    throw cannot(proposal, 'it is no mart of Goldsmith any more, or no former definition is kept');
  }
  if (!isDone(proposal, marts)) {
    throw cannot(proposal, 'its definition was rewritten again since');
  }
  const [outcome] = await parsers.parse([{ sql: former.sql, dialect }], signal);
  const [statement] = outcome?.kind === 'parsed' ? outcome.statements : [];
  const read =
    statement?.kind === 'query'
      ? readDefinition(proposal.relation, {
          schema: schema.index,
          dialect,
          handedOver: statement.query,
        })
      : undefined;
  if (read === undefined || read.objections.length > 0) {
    throw cannot(proposal, wayBack(mart, former));
  }
  const definition = { ...mart.definition, sql: former.sql, sources: read.sources };
  const sql = selectLogical(definition, connector.wording);
  const binding = await bindingOf(sql, { connector, signal });
  if (binding.kind === 'fails') {
    throw cannot(proposal, wayBack(mart, former));
  }
  const differing = columnsDiffer(definition.columns, binding.columns);
  if (differing !== undefined) {
    throw cannot(
      proposal,
      `its former definition gives other columns than readers have by now (${differing}): replace the view by that text, which \`goldsmith drift --json\` has, and Goldsmith leaves it alone`,
    );
  }
  const now = clock.now();
  const because = `a person took it back: ${former.because}`;
  return makePlanValue({
    madeAt: now,
    expiresAt: now + config.decide.planExpiresAfter,
    steps: [
      {
        action: {
          kind: 'follow-source',
          mart: proposal.relation,
          from: mart.definitionDigest,
          definition,
          change: because,
          proof: 'approved',
        },
        because,
        evidence: {},
      },
    ],
  });
}

function wayBack({ definition }: Mart, { because }: FormerDefinition): string {
  const name = readableRelation(definition.relation);
  return `its former definition cannot be computed any more (${because}). Put the source back as it was, and the mart follows that too; or replace the view ${name} by one of your own, which Goldsmith then leaves alone. \`goldsmith drift --json\` has both texts`;
}
