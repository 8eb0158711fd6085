import { ConnectorError } from '../connector-error.ts';
import type { WayIn } from '../way-in.ts';
import type { BigquerySessionParts } from './bigquery-session.ts';
import { NO_BILLING } from './classify-bigquery-error.ts';
import { isLet } from './findings.ts';
import type { Region } from './information-schema.ts';

/** Whoever may run no job is told the line that lets it; who it is, the service does not tell it then. */
export function mayRunNothing(
  error: unknown,
  { project, identity }: Region & { readonly identity: WayIn['identity'] },
): unknown {
  return error instanceof ConnectorError &&
    error.code === 'CONNECTOR_PERMISSION_DENIED' &&
    error.addition !== NO_BILLING
    ? error.inOtherWords(
        `lets the ${identity} (warehouse.bigquery.${identity}) run no jobs in ${project}; run: gcloud projects add-iam-policy-binding ${project} --member=serviceAccount:<the ${identity}> --role=roles/bigquery.jobUser`,
      )
    : error;
}

/**
 * The service runs what names nothing in any location. Where datasets are seen elsewhere and none here, the setting is wrong; where none is
 * seen at all, the look at rights tells why.
 */
export async function requireDatasets(
  { name, client }: Pick<BigquerySessionParts, 'name' | 'client'>,
  { project, location }: Region,
): Promise<void> {
  let locations: ReadonlySet<string> = new Set();
  await isLet(async () => {
    locations = await client.locations();
  });
  if (locations.size > 0 && !locations.has(location.toUpperCase())) {
    const sentence = `has no dataset of ${project} in ${location}, but in ${[...locations].toSorted().join(', ')}; set warehouse.bigquery.location`;
    throw new ConnectorError('CONNECTOR_DATABASE_MISSING', name, { sentence });
  }
}
