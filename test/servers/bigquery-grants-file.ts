import { readFileSync } from 'node:fs';

/** As whom the file's identities sign in here. */
export const AT = 'goldsmith-test.iam.gserviceaccount.com';

const FILE = readFileSync('config/grants/bigquery.sql', 'utf8')
  .replaceAll('my-project', 'goldsmith-test')
  .replaceAll(/goldsmith-(?=(reader|writer)@)/g, '')
  .replaceAll('$P', 'goldsmith-test')
  .replaceAll('$R', `reader@${AT}`)
  .replaceAll('$W', `writer@${AT}`);

/** Lines for a shell: roles on the project. */
export const ROLES: readonly string[] = [
  ...FILE.matchAll(/^-- +(gcloud (?:projects|iam roles) .*)$/gm),
].map(([, line = '']) => line);

const STATEMENTS = FILE.replaceAll(/--.*$/gm, '')
  .split(';')
  .map((sql) => sql.trim().replaceAll(/\s+/g, ' '))
  .filter((sql) => sql !== '');

/** Statements that make the datasets of ours. */
export const DATASETS: readonly string[] = STATEMENTS.filter((sql) =>
  sql.startsWith('create schema'),
);

/** What `config/grants/bigquery.sql` gives the reader and the writer, one role to one member a line. */
export const GRANTS: readonly string[] = [
  ...ROLES,
  ...STATEMENTS.filter((sql) => sql.startsWith('grant')).flatMap((sql) => {
    const [head = '', members = ''] = sql.split(' to ');
    return members.split(', ').map((member) => `${head} to ${member}`);
  }),
];

/** The same datasets, as people make them behind the server's back. */
export const DATASETS_MADE: readonly string[] = DATASETS.map(
  (sql) => `create schema if not exists ${/\.(\w+)`/.exec(sql)?.[1] ?? ''}`,
);
