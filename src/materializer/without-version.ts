import type { MartVersion } from '../marts/mart.ts';
import type { MartRecord } from './mart-record.ts';
import { objectsOf } from './version-objects.ts';

/** The record once a hidden version is gone. */
export function withoutVersion(record: MartRecord, version: MartVersion): MartRecord {
  const own = new Set<string>(objectsOf(version).map(({ relation }) => relation));
  return {
    ...record,
    marks: Object.fromEntries(Object.entries(record.marks).filter(([marked]) => !own.has(marked))),
    mart: {
      ...record.mart,
      hidden: record.mart.hidden.filter((hidden) => hidden.version.version !== version.version),
    },
  };
}
