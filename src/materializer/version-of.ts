import type { MartVersion } from '../marts/mart.ts';
import type { MartRecord } from './mart-record.ts';
import { StepRefused } from './step-refused.ts';

/** A proved version by its number, current or hidden; rejects one the ledger does not know. */
export function versionOf({ mart }: MartRecord, version: number): MartVersion {
  const found = [mart.current, ...mart.hidden.map((hidden) => hidden.version)].find(
    (known) => known?.version === version,
  );
  if (found === undefined) {
    throw new StepRefused(
      'VERSION_UNKNOWN',
      `the ledger knows no proved version ${version} of ${mart.definition.relation}`,
    );
  }
  return found;
}
