import type { BigqueryServer } from './bigquery-server.ts';

/** A finished job, as far as it differs from a successful SELECT of 100 MiB and two seconds. */
export interface SeededJob {
  readonly id: string;
  readonly endedAt: number;
  readonly query?: string;
  readonly hash?: string | null;
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly bytes?: number | null;
  readonly reservation?: string;
  /** Of the reservation. */
  readonly edition?: string;
  readonly cached?: boolean;
  readonly errorReason?: string;
  readonly statementType?: string;
  readonly startedAt?: number;
  /** Materialized views it was answered from, as `dataset.name`. */
  readonly kept?: readonly string[];
}

/** Writes jobs into the server's INFORMATION_SCHEMA.JOBS. */
export async function seedJobs(server: BigqueryServer, jobs: readonly SeededJob[]): Promise<void> {
  await server.people(
    `insert into bq_info.jobs by name\n${jobs.map(rowOf).join('\nunion all by name\n')}`,
  );
}

function rowOf(job: SeededJob): string {
  const { query = 'select 1', user = 'ann@shop.example', labels = {}, bytes = 100 * 2 ** 20 } = job;
  const started = job.startedAt ?? job.endedAt - 2_000;
  const pairs = Object.entries(labels).map(
    ([key, value]) => `{'key': ${text(key)}, 'value': ${text(value)}}`,
  );
  const error =
    job.errorReason === undefined
      ? 'null'
      : `{'reason': ${text(job.errorReason)}, 'location': null, 'debug_info': null, 'message': 'm'}`;
  return `select to_timestamp(${started / 1000}) as creation_time, ${text(user)} as user_email, ${text(job.id)} as job_id,
  'QUERY' as job_type, ${text(job.statementType ?? 'SELECT')} as statement_type, to_timestamp(${started / 1000}) as start_time,
  to_timestamp(${job.endedAt / 1000}) as end_time, ${text(query)} as query, 'DONE' as state, ${text(job.reservation)} as reservation_id, ${text(job.edition)} as edition,
  ${bytes ?? 'null'}::bigint as total_bytes_processed, ${bytes ?? 'null'}::bigint as total_bytes_billed, 4000::bigint as total_slot_ms,
  ${job.cached ?? false} as cache_hit, ${error} as error_result, [${pairs.join(', ')}] as labels,
  {'query_hashes': {'normalized_literals': ${text(job.hash === undefined ? 'h1' : job.hash)}}} as query_info,
  ${keptOf(job)} as materialized_view_statistics`;
}

/** One that was looked at and not chosen stands beside them. */
function keptOf({ kept = [] }: SeededJob): string {
  const told = [
    ...kept.map((name) => ({ name, isChosen: true })),
    { name: 'other.mv', isChosen: false },
  ].map(({ name, isChosen }) => {
    const [dataset, table] = name.split('.');
    return `{'table_reference': {'project_id': 'goldsmith-test', 'dataset_id': ${text(dataset)}, 'table_id': ${text(table)}}, 'chosen': ${isChosen}, 'rejected_reason': null}`;
  });
  return kept.length === 0 ? 'null' : `{'materialized_view': [${told.join(', ')}]}`;
}

function text(value: string | null | undefined): string {
  return value === null || value === undefined ? 'null' : `'${value.replaceAll("'", "''")}'`;
}
