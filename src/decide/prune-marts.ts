import type { RelationId } from '../base/relation.ts';
import type { AttributeChange } from '../marts/mart.ts';
import type { Standing } from '../prune/ladder.ts';
import { dialectOf } from '../sql/dialects.ts';
import { columnTypesOf } from '../sql/match/column-types.ts';
import { indexSchema } from '../sql/schema-index.ts';
import { buildIntent } from './build-intent.ts';
import type { CycleInput } from './cycle-input.ts';
import type { Intent } from './intent.ts';
import { type PrunedMart, pruneMart } from './prune-mart.ts';
import type { Room } from './room.ts';
import type { Survey } from './survey.ts';
import type { Weighed } from './weigh.ts';

/** Where every attribute of a mart stands, and why. */
export interface MartAttributes {
  readonly relation: RelationId;
  readonly standings: readonly Standing[];
}

export interface PruneParts {
  readonly input: CycleInput;
  readonly seen: Survey;
  readonly room: Room;
}

/**
 * Goes through the attributes of the marts that stay physical. What was decided for the marts comes in and goes out with the
 * forms of the versions to build, notes of what moved, and builds for steps that need one.
 */
export function pruneMarts(
  intents: readonly Intent[],
  weighed: readonly Weighed[],
  parts: PruneParts,
): { readonly intents: readonly Intent[]; readonly attributes: readonly MartAttributes[] } {
  const { input } = parts;
  const { prune } = input;
  if (prune === undefined) {
    return { intents, attributes: [] };
  }
  const judge = judgeWith(parts);
  const attributes: MartAttributes[] = [];
  let now = intents;
  let refreshes = parts.room.refreshes - intents.filter(({ kind }) => REFRESHES.has(kind)).length;
  for (const each of weighed) {
    const { mart } = each.appraisal;
    if (mart?.stage !== 'physical') {
      continue;
    }
    const { relation } = mart.definition;
    const isLeaving = now.some((one) => one.relation === relation && one.kind === 'withdraw');
    const due = now.find((one) => one.relation === relation && one.kind === 'build');
    if (isLeaving && due === undefined) {
      continue;
    }
    const judged = judge(each, due === undefined ? 'step' : 'refresh');
    attributes.push({ relation, standings: judged.standings });
    if (due !== undefined) {
      now = [
        ...now.filter((one) => one !== due),
        storedAs(due, judged),
        ...noteOf(relation, judged),
      ];
      continue;
    }
    if (!judged.needsBuild) {
      now = [...now, ...noteOf(relation, judged)];
    } else if (refreshes > 0 && !parts.room.isQuiet) {
      refreshes -= 1;
      const because = becauseOf(judged.changes);
      const build = buildIntent(each, { input, reason: 'refresh', because });
      // What is built anew is not refreshed in its place before.
      const others = now.filter((one) => one.relation !== relation || one.kind !== 'refresh');
      now = [...others, storedAs(build, judged), ...noteOf(relation, judged)];
    }
  }
  return { intents: now, attributes };
}

const REFRESHES: ReadonlySet<Intent['kind']> = new Set(['build', 'refresh']);

function judgeWith({ input, seen }: PruneParts) {
  const dialect = dialectOf(input.dialect);
  const views = { schema: indexSchema(input.schema, dialect), dialect };
  const types = columnTypesOf(input.schema, input.dialect);
  return (each: Weighed, occasion: 'step' | 'refresh'): PrunedMart => {
    const { mart, candidate, estimate } = each.appraisal;
    const { prune } = input;
    if (mart === undefined || prune === undefined) {
      return NOTHING;
    }
    const next = buildIntent(each, { input, reason: 'refresh', because: '' });
    return pruneMart({
      mart,
      definition: candidate.query,
      input,
      prune,
      types,
      views,
      rowsOf: seen.rowsOf,
      table: next.kind === 'build' ? next.table : candidate.definition.relation,
      buildCost: estimate.buildCost,
      upkeepPerDay: estimate.upkeepPerDay,
      occasion,
    });
  };
}

const NOTHING: PrunedMart = {
  standings: [],
  changes: [],
  form: undefined,
  needsBuild: false,
  minimumCut: undefined,
};

/** A version that does not store all of its attributes is tables and a view of ours, whatever shape the warehouse has of its own. */
function storedAs(build: Intent, { form, minimumCut }: PrunedMart): Intent {
  if (build.kind !== 'build') {
    return build;
  }
  const { native, ...ours } = build;
  return {
    ...ours,
    ...(native === undefined || form !== undefined ? {} : { native }),
    ...(form === undefined ? {} : { slim: form }),
    ...(minimumCut === undefined ? {} : { minimumCut }),
  };
}

/** Written after the build: a step that could not be taken is not noted. */
function noteOf(relation: RelationId, { changes }: PrunedMart): readonly Intent[] {
  return changes.length === 0
    ? []
    : [
        {
          kind: 'mark',
          relation,
          changes,
          because: becauseOf(changes),
          evidence: { attributes: changes.length },
        },
      ];
}

/** `3 attributes hidden, 1 kept: nobody named it in 100 days...` */
function becauseOf(changes: readonly AttributeChange[]): string {
  const counts = [...Map.groupBy(changes, ({ to }) => to)].map(
    ([to, all]) => `${all.length} ${all.length === 1 ? 'attribute' : 'attributes'} ${to}`,
  );
  const [first] = changes;
  return first === undefined
    ? 'attributes are stored as the ledger has them'
    : `${counts.join(', ')}; ${first.name}: ${first.because}`;
}
