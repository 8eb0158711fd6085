import { buildIntent } from './build-intent.ts';
import type { CycleInput } from './cycle-input.ts';
import type { CandidateVerdict } from './decisions.ts';
import type { Intent } from './intent.ts';
import { judge } from './judge.ts';
import type { JudgedParts } from './judged.ts';
import { ADOPTING_RULES } from './rules.ts';
import { refusalOn, verdictOn } from './say.ts';
import type { Weighed } from './weigh.ts';

export interface Adopted {
  readonly intents: readonly Intent[];
  readonly verdicts: readonly CandidateVerdict[];
  readonly newMarts: number;
}

/** A table the operator lists: not taken over yet, or taken over and without a version to answer from. */
export function isAdoptableTable(
  { appraisal: { candidate, mart } }: Weighed,
  { adoptable }: CycleInput,
): boolean {
  return mart === undefined
    ? candidate.enumerator === 'adopted-table'
    : mart.was === 'table' &&
        mart.stage === 'logical' &&
        adoptable.some(({ view }) => view === mart.definition.relation);
}

/** Takes over the tables that are listed, and builds those again whose versions had to be withdrawn. */
export function adoptTables(weighed: readonly Weighed[], { input, room }: JudgedParts): Adopted {
  const intents: Intent[] = [];
  const verdicts: CandidateVerdict[] = [];
  let newMarts = 0;
  for (const each of weighed.filter((one) => isAdoptableTable(one, input))) {
    const decision = judge(each.asked, ADOPTING_RULES);
    const isNew = each.appraisal.mart === undefined;
    if (!decision.build) {
      verdicts.push(refusalOn(each, { rule: decision.refusedBy, refusal: decision.refusal }));
    } else if (isNew && !input.capabilities.transactionalDdl) {
      const flip = { what: 'statements that commit together', now: 'no', needed: 'yes' };
      const because =
        'it is listed as adoptable, and here its readers would find nothing between dropping the table and making the view: put a view under its name yourself when that suits them, and list that';
      verdicts.push(verdictOn(each, { outcome: 'refuse', because, flip }));
    } else if (room.isQuiet) {
      const flip = { what: 'quiet hours', now: 'yes', needed: 'no' };
      const because = 'it is listed as adoptable, and waits for the end of the quiet hours';
      verdicts.push(verdictOn(each, { outcome: 'wait', because, flip }));
    } else if (isNew && newMarts >= room.budget.marts) {
      const flip = { what: 'marts left', now: room.budget.marts, needed: newMarts + 1 };
      const because = 'it is listed as adoptable, and there are as many marts as are allowed';
      verdicts.push(verdictOn(each, { outcome: 'wait', because, flip }));
    } else {
      const because = isNew
        ? 'the operator listed it with its definition, its own job switched off'
        : 'it was a table before it was taken over, and its version had to be withdrawn';
      newMarts += isNew ? 1 : 0;
      intents.push(isNew ? adoption(each, { input, because }) : again(each, { input, because }));
      verdicts.push(verdictOn(each, { outcome: 'build', because }));
    }
  }
  return { intents, verdicts, newMarts };
}

interface Because {
  readonly input: CycleInput;
  readonly because: string;
}

function adoption(each: Weighed, { input, because }: Because): Intent {
  const { definition } = each.appraisal.candidate;
  const next = buildIntent(each, { input, reason: 'promote', because });
  const { version, table, freshUntil } =
    next.kind === 'build'
      ? next
      : { version: 1, table: definition.relation, freshUntil: input.now };
  return {
    kind: 'adopt',
    relation: definition.relation,
    definition,
    version,
    table,
    freshUntil,
    because,
    evidence: { columns: definition.columns.length, sources: definition.sources.length },
  };
}

/** No gain is asked for: readers wait for what they had. */
function again(each: Weighed, { input, because }: Because): Intent {
  const { predicted: _none, ...build } = buildIntent(each, { input, reason: 'refresh', because });
  return build;
}
