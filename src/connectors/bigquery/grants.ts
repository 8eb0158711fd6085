/** Who is granted what where: the lines of `config/grants/bigquery.sql`, with its names filled in. */
interface Grantee {
  readonly project: string;
  /** As IAM knows it, without its kind. */
  readonly user: string;
}

/** What the writer asks about other people's objects; no predefined role gives that alone. */
const LOOKS = `bigquery.${'jobs.list datasets.get datasets.getIamPolicy tables.get tables.getIamPolicy rowAccessPolicies.list'.replaceAll(' ', ',bigquery.')}`;

/** As an administrator runs it in a shell. */
export function roleOnProject({ project, user }: Grantee, role: string): string {
  return `gcloud projects add-iam-policy-binding ${project} --member=${memberOf(user)} --role=${role}`;
}

/** As an administrator runs it in a shell: the role with what is asked about other people's objects. */
export function looksOnProject(grantee: Grantee): readonly string[] {
  const { project } = grantee;
  return [
    `gcloud iam roles create goldsmithLooks --project=${project} --permissions=${LOOKS}`,
    roleOnProject(grantee, `projects/${project}/roles/goldsmithLooks`),
  ];
}

/** A statement for an administrator. */
export function roleOnDataset(
  { project, user }: Grantee,
  { role, dataset }: { readonly role: string; readonly dataset: string },
): string {
  return `grant \`${role}\` on schema \`${project}.${dataset}\` to '${memberOf(user)}';`;
}

/** A statement for an administrator: where no location is said, BigQuery makes it where the statement runs. */
export function createDataset({
  project,
  location,
  dataset,
}: {
  readonly project: string;
  readonly location: string;
  readonly dataset: string;
}): string {
  return `create schema if not exists \`${project}.${dataset}\` options (location = '${location}');`;
}

/** With its kind, as grants name it. */
export function memberOf(user: string): string {
  return `${user.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${user}`;
}
