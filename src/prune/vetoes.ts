import type { Objection, Veto, VetoInput } from './veto.ts';
import { calendarReads } from './vetoes/calendar-reads.ts';
import { coverageFloor } from './vetoes/coverage-floor.ts';
import { dbtDependents } from './vetoes/dbt-dependents.ts';
import { dbtPromises } from './vetoes/dbt-promises.ts';
import { dependentsUse } from './vetoes/dependents-use.ts';
import { fewChances } from './vetoes/few-chances.ts';
import { joinAttributes } from './vetoes/join-attributes.ts';
import { keptByPerson } from './vetoes/kept-by-person.ts';
import { keyAttributes } from './vetoes/key-attributes.ts';
import { namedLately } from './vetoes/named-lately.ts';
import { protectedAttributes } from './vetoes/protected-attributes.ts';
import { revivalRisk } from './vetoes/revival-risk.ts';
import { starReaders } from './vetoes/star-readers.ts';
import { tooYoung } from './vetoes/too-young.ts';

/** In this order: the first that objects is told, so what is surest comes first. */
export const VETOES: readonly Veto[] = [
  keptByPerson,
  namedLately,
  keyAttributes,
  joinAttributes,
  protectedAttributes,
  dependentsUse,
  dbtDependents,
  dbtPromises,
  calendarReads,
  starReaders,
  coverageFloor,
  tooYoung,
  fewChances,
  revivalRisk,
];

export function firstVeto(input: VetoInput): (Objection & { readonly veto: string }) | undefined {
  for (const veto of VETOES) {
    const objection = veto.objects(input);
    if (objection !== undefined) {
      return { veto: veto.id, ...objection };
    }
  }
  return undefined;
}
