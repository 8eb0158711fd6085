import type { Understood } from './bigquery-sql.ts';

/** What these roles let somebody do, by their documentation, as far as a connector asks for it; on a dataset, or on all of the project. */
const ROLES: Readonly<Record<string, string>> = {
  'roles/bigquery.jobUser': 'jobs.create',
  'roles/bigquery.resourceViewer': 'jobs.list jobs.listAll',
  'roles/bigquery.metadataViewer': 'datasets.get tables.get tables.list',
  'roles/bigquery.dataViewer': 'datasets.get tables.get tables.list tables.getData',
  'roles/bigquery.dataEditor':
    'datasets.get tables.get tables.list tables.getData tables.create tables.update tables.updateData tables.delete',
  'roles/bigquery.dataOwner':
    'datasets.get datasets.update tables.get tables.list tables.getData tables.create tables.update tables.updateData tables.delete tables.getIamPolicy tables.setIamPolicy rowAccessPolicies.list',
};

/** What is asked of the project. */
const VIEWS: readonly (readonly [RegExp, string])[] = [
  [/\bJOBS\b/, 'jobs.listAll'],
  [/\bSCHEMATA\b/, 'datasets.get'],
  [/\bOBJECT_PRIVILEGES\b/, 'datasets.get datasets.getIamPolicy tables.getIamPolicy'],
  [/\b(TABLES|COLUMNS|VIEWS|TABLE_OPTIONS|COLUMN_FIELD_PATHS)\b/, 'tables.get tables.list'],
  [/\b(TABLE_STORAGE|TABLE_CONSTRAINTS|KEY_COLUMN_USAGE)\b/, 'tables.get tables.list'],
];

const WRITES: Readonly<Record<string, string>> = {
  CREATE_VIEW: 'tables.create tables.update',
  CREATE_MATERIALIZED_VIEW: 'tables.create',
  CREATE_TABLE: 'tables.create',
  CREATE_TABLE_AS_SELECT: 'tables.create tables.updateData',
  ALTER_TABLE: 'tables.update',
  DROP_VIEW: 'tables.delete',
  DROP_TABLE: 'tables.delete',
  DROP_MATERIALIZED_VIEW: 'tables.delete',
  INSERT: 'tables.updateData',
  UPDATE: 'tables.updateData',
  DELETE: 'tables.updateData',
  MERGE: 'tables.updateData',
};

interface Grant {
  readonly identity: string;
  readonly permissions: readonly string[];
  /** Absent: all of the project. */
  readonly dataset: string | undefined;
}

/** What a file of grants gives, and nothing else: `gcloud` lines and GRANT statements, each to one member. */
export class BigqueryGrants {
  readonly #grants: readonly Grant[];

  constructor(lines: readonly string[]) {
    const custom = new Map<string, string>();
    for (const line of lines) {
      const [, name = '', permissions = ''] =
        /iam roles create (\w+) .*--permissions=(\S+)/.exec(line) ?? [];
      custom.set(`roles/${name}`, permissions.replaceAll('bigquery.', '').replaceAll(',', ' '));
    }
    this.#grants = lines.flatMap((line) => {
      const [, dataset] = /on schema `[^`.]+\.([^`]+)`/.exec(line) ?? [];
      const [, identity] = /serviceAccount:(\w+)@/.exec(line) ?? [];
      const [role = ''] =
        /roles\/[\w.]+/.exec(line.replace(/projects\/\S+\/(?=roles\/)/, '')) ?? [];
      const permissions = ROLES[role] ?? custom.get(role);
      return identity === undefined || permissions === undefined
        ? []
        : [{ identity, dataset, permissions: permissions.split(' ') }];
    });
  }

  /** What of it the identity may not do; nothing where it may do all of it. */
  missing(identity: string, asked: { readonly sql: string; readonly understood: Understood }) {
    return needed(asked).find(([permission, dataset]) => !this.has(identity, permission, dataset));
  }

  has(identity: string, permission: string, dataset?: string): boolean {
    return this.#grants.some(
      (grant) =>
        grant.identity === identity &&
        grant.permissions.includes(permission) &&
        (grant.dataset === undefined || grant.dataset === dataset),
    );
  }
}

type Needed = readonly [permission: string, dataset: string | undefined];

function needed({
  sql,
  understood: { statementType },
}: {
  readonly sql: string;
  readonly understood: Understood;
}): readonly Needed[] {
  const text = sql.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''");
  const all: Needed[] = [['jobs.create', undefined]];
  for (const [, view = ''] of text.matchAll(/`region-[^`]+`\.INFORMATION_SCHEMA\.(\w+)/g)) {
    const permissions = VIEWS.find(([pattern]) => pattern.test(view))?.[1] ?? 'tables.list';
    all.push(...permissions.split(' ').map((one): Needed => [one, undefined]));
  }
  for (const [, dataset, view] of text.matchAll(/`(\w+)`\.INFORMATION_SCHEMA\.(\w+)/g)) {
    all.push([view === 'PARTITIONS' ? 'tables.getData' : 'tables.list', dataset]);
  }
  if (statementType === 'CREATE_SCHEMA') {
    return [...all, ['datasets.create', undefined]];
  }
  if (statementType === 'GRANT' || statementType === 'REVOKE') {
    const [, kind = '', first = '', second] =
      /\bon (\w+(?: view)?) `([^`]+)`(?:\.`([^`]+)`)?/i.exec(text) ?? [];
    const isSchema = kind.toLowerCase() === 'schema';
    return [
      ...all,
      isSchema ? ['datasets.update', second ?? first] : ['tables.setIamPolicy', first],
    ];
  }
  const relations = [...text.matchAll(/`(\w+)`\.(?:`\w+`|__TABLES__)/g)].map(([, one]) => one);
  const isWrite = WRITES[statementType] !== undefined;
  const read = isWrite ? relations.slice(1) : relations;
  const written = (WRITES[statementType] ?? '').split(' ').filter((one) => one !== '');
  return [
    ...all,
    ...written.map((one): Needed => [one, relations[0]]),
    ...read.map((dataset): Needed => ['tables.getData', dataset]),
  ];
}
