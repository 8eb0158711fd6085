import type { JobStatistics } from './job-resource.ts';

/** How jobs are paid. Work is told in hours of the billed unit: a TiB billed on demand, or a slot for an hour. */
export interface Contract {
  readonly billing: 'bytes' | 'slots';
  /**
   * Where reservations run some jobs of a project that pays on demand: as how many TiB a slot-hour costs, by edition as the service names
   * it. A job of another edition has no price.
   */
  readonly slotHours?: Readonly<Record<string, number>> | undefined;
}

const TIB = 2 ** 40;
const HOUR_MS = 3_600_000;

/**
 * What a job is billed, in whole bytes or slot-milliseconds (see `msOf`); NULL where it runs by a contract without a price, or the
 * service tells no bytes.
 */
export function workSql({ billing, slotHours = {} }: Contract): string {
  if (billing === 'slots') {
    return 'if(j.reservation_id is not null, j.total_slot_ms, null)';
  }
  const editions = Object.entries(slotHours).map(
    ([edition, tibs]) =>
      ` when ${EDITION} = '${edition}' then cast(round(j.total_slot_ms * ${((tibs * TIB) / HOUR_MS).toFixed(6)}) as int64)`,
  );
  return editions.length === 0
    ? 'if(j.reservation_id is null, j.total_bytes_billed, null)'
    : `case when j.reservation_id is null then j.total_bytes_billed${editions.join('')} end`;
}

/** Milliseconds of the unit. */
export function msOf(work: number, { billing }: Contract): number {
  return billing === 'bytes' ? (work / TIB) * HOUR_MS : work;
}

/** Whether a job has a price, by SQL. */
export function isPricedSql({ billing, slotHours = {} }: Contract): string {
  if (billing === 'slots') {
    return 'j.reservation_id is not null';
  }
  const editions = Object.keys(slotHours).map((edition) => `'${edition}'`);
  return editions.length === 0
    ? 'j.reservation_id is null'
    : `(j.reservation_id is null or ${EDITION} in (${editions.join(', ')}))`;
}

/** The same of a job of ours. Where its edition has no price, the bytes stand for it. */
export function workOf(job: JobStatistics, { billing, slotHours = {} }: Contract): number {
  const tibs = job.edition === undefined ? undefined : slotHours[job.edition];
  if (billing === 'slots') {
    return job.slotMs;
  }
  return tibs === undefined ? msOf(job.bytesBilled, { billing }) : job.slotMs * tibs;
}

/** `ENTERPRISE PLUS` is told in two spellings. */
const EDITION = "replace(upper(ifnull(j.edition, '')), ' ', '_')";
