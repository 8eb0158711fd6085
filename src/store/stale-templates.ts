import type { StaleTemplate } from '../usage/usage-ports.ts';
import type { Database } from './database.ts';
import { splitIds } from './fact-writer.ts';

const STALE_SAMPLES = 3;

/** Templates whose shape no longer holds, with a few ids each of statements whose text would give the new one. */
export function readStaleTemplates(database: Database, sinceDay: number): readonly StaleTemplate[] {
  const stale = database
    .prepare(
      'select id, fingerprint, asked, database, schema, normal_form from templates where is_stale = 1 order by id',
    )
    .all();
  const samples = readSamples(database, {
    sinceDay,
    templateIds: new Set(stale.map(({ id }) => Number(id))),
  });
  return stale.flatMap((row) => {
    const sampleIds = samples.get(Number(row['id']));
    return sampleIds === undefined
      ? []
      : [
          {
            fingerprint: String(row['fingerprint']),
            asked: {
              fingerprint: String(row['asked']),
              database: String(row['database']),
              schema: String(row['schema']),
            },
            normalForm: String(row['normal_form']),
            sampleIds,
          },
        ];
  });
}

/** The latest few sample ids of each of these templates that has any. */
function readSamples(
  database: Database,
  {
    sinceDay,
    templateIds,
  }: { readonly sinceDay: number; readonly templateIds: ReadonlySet<number> },
): ReadonlyMap<number, readonly string[]> {
  const samples = new Map<number, readonly string[]>();
  if (templateIds.size === 0) {
    return samples;
  }
  for (const row of database
    .prepare(
      "select template_id, sample_ids from facts where day >= ? and sample_ids <> '' order by day desc",
    )
    .iterate(sinceDay)) {
    const id = Number(row['template_id']);
    if (templateIds.has(id) && !samples.has(id)) {
      samples.set(id, splitIds(String(row['sample_ids'])).slice(0, STALE_SAMPLES));
    }
  }
  return samples;
}
