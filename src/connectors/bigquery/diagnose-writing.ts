import {
  type RelationId,
  readableRelation,
  relationId,
  relationParts,
} from '../../base/relation.ts';
import type { Finding, QueryResult } from '../connector.ts';
import { bigqueryWording } from './bigquery-wording.ts';
import { listsAsked, mayRead, readsAsked } from './diagnose-reading.ts';
import {
  type Asked,
  type Asking,
  type AskingWriter,
  bad,
  type DiagnosedProject,
  good,
  isLet,
  odd,
  orUnknown,
  type PeoplesDataset,
  type Wanted,
  whetherLet,
} from './findings.ts';
import { createDataset, looksOnProject, memberOf, roleOnDataset } from './grants.ts';
import { regionView } from './information-schema.ts';
import { quoteName, quoteText } from './quote.ts';

const OWNER = 'roles/bigquery.dataOwner';
const EDITOR = 'roles/bigquery.dataEditor';
const VIEWER = 'roles/bigquery.dataViewer';

/** What building and publishing needs. The schemas are those of stable views, of versions and of the ledger, in this order. */
export async function diagnoseWriting(
  { reader, writer, users, region }: DiagnosedProject,
  { needs, options, peoples }: Wanted & { readonly peoples: readonly PeoplesDataset[] },
): Promise<readonly Finding[]> {
  const [readerUser = '', user] = users;
  if (writer === undefined || user === undefined) {
    return [bad('warehouse.bigquery.writer is not set, so nothing can be built', [])];
  }
  const asked = { user, region, options };
  const findings = [
    await listsAsked(writer, asked),
    await readsAsked(writer, { ...asked, datasets: peoples }),
    await orUnknown(`whether ${user} may look at what it builds from`, () =>
      looks(writer, { ...asked, peoples }),
    ),
  ];
  for (const [place, dataset] of needs.schemas.entries()) {
    const isLedger = place === 2;
    const own = { ...asked, dataset, isLedger, kind: place === 0 ? 'view' : 'table' } as const;
    const there = await isThere(reader, own);
    findings.push(
      await orUnknown(`whether ${user} may make ${own.kind}s in ${dataset}`, () =>
        there ? makes(writer, own) : mayMake(writer, own),
      ),
    );
    if (there && !isLedger) {
      findings.push(
        await orUnknown(`whether ${readerUser} may read ${dataset}`, () =>
          readsOurs(reader, { ...asked, user: readerUser, dataset }),
        ),
      );
    }
  }
  for (const relation of needs.adoptable) {
    findings.push(
      await orUnknown(`whether ${user} may take over ${readableRelation(relation)}`, () =>
        takesOver(writer, { ...asked, relation }),
      ),
    );
  }
  return findings;
}

/** What is asked of objects, whoever's they are, before anything is built from them. */
async function looks(
  writer: AskingWriter,
  { user, region, options, peoples }: Asked & { readonly peoples: readonly PeoplesDataset[] },
): Promise<Finding> {
  const table = peoples.find((each) => each.table !== undefined)?.table;
  const privileges = `select 1 from ${regionView(region, 'OBJECT_PRIVILEGES')} as p where p.object_name = 'x'`;
  const asks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['see who may read what', () => writer.check(privileges, options)],
    [
      'see which row policies stand on tables',
      async () => (table === undefined ? [] : await writer.rowPolicies(table, options)),
    ],
    [
      'see which views datasets are authorized for',
      async () => (table === undefined ? [] : await writer.lentTo(table, options)),
    ],
    ['see which of its own statements still run', () => writer.running(options)],
  ];
  const missing: string[] = [];
  for (const [what, ask] of asks) {
    if (!(await isLet(ask))) {
      missing.push(what);
    }
  }
  return missing.length === 0
    ? good(`${user} may ${asks.map(([what]) => what).join(', ')}`)
    : bad(
        `${user} may not ${missing.join(', ')}`,
        looksOnProject({ project: region.project, user }),
      );
}

/** Where it may not be asked, that was said already; where it is not told, what is asked next tells. */
async function isThere(
  reader: Asking,
  { region, options, dataset }: Asked & { readonly dataset: string },
): Promise<boolean> {
  const { objects } = bigqueryWording(region);
  let rows: QueryResult['rows'] = [];
  const mayAsk = await whetherLet(async () => {
    ({ rows } = await reader.query(objects.schema(dataset), options));
  });
  return mayAsk !== true || rows.length > 0;
}

interface OwnDataset extends Asked {
  readonly dataset: string;
  readonly isLedger: boolean;
  readonly kind: 'view' | 'table';
}

/** A dataset of ours that is there: no right to make datasets is asked for. */
async function makes(writer: Asking, own: OwnDataset): Promise<Finding> {
  const { user, region, options, dataset, isLedger, kind } = own;
  const { names } = bigqueryWording(region);
  const name = names.relation(relationId({ schema: dataset, name: 'goldsmith_looks' }));
  const makesIt = `create or replace ${kind} ${name} as select 1 as x`;
  // Readers of a mart are granted its versions, which asks for more than making them.
  const grants = `grant ${quoteName(VIEWER)} on schema ${quoteName(dataset)} to ${quoteText(memberOf(user))}`;
  const mayMakeIt = await isLet(() => writer.check(makesIt, options));
  const mayGrant =
    isLedger || !mayMakeIt || (await whetherLet(() => writer.check(grants, options)));
  const what = isLedger ? `make ${kind}s in ${dataset}` : `make and grant ${kind}s in ${dataset}`;
  if (!mayMakeIt || mayGrant === false) {
    return bad(`${user} may not ${what}`, [remedyFor(own)]);
  }
  return mayGrant === true
    ? good(`${user} may ${what}`)
    : odd(
        `${user} may make ${kind}s in ${dataset}; it is not known whether it may grant them, ${mayGrant.because}`,
      );
}

/** One that is missing is made by the first step that needs it, where that is let. */
async function mayMake(writer: Asking, own: OwnDataset): Promise<Finding> {
  const { user, region, options, dataset } = own;
  const sql = bigqueryWording(region).statements.createSchema(dataset);
  return (await isLet(() => writer.check(sql, options)))
    ? good(`${user} may make dataset ${dataset}, which is not there yet`)
    : bad(`there is no dataset ${dataset} in ${region.location}, and ${user} may not make it`, [
        createDataset({ ...region, dataset }),
        remedyFor(own),
      ]);
}

function remedyFor({ region: { project }, user, dataset, isLedger }: OwnDataset): string {
  return roleOnDataset({ project, user }, { role: isLedger ? EDITOR : OWNER, dataset });
}

/** Whoever proves and replays reads what was built. */
async function readsOurs(
  reader: Asking,
  asked: Asked & { readonly dataset: string },
): Promise<Finding> {
  const { user, region, dataset } = asked;
  return (await mayRead(reader, asked))
    ? good(`${user} may read ${dataset}`)
    : bad(`${user} may not read what is built in ${dataset}`, [
        roleOnDataset({ project: region.project, user }, { role: VIEWER, dataset }),
      ]);
}

/** Other people's views are replaced in place, and what was granted on them is given back. */
async function takesOver(
  writer: Asking,
  { user, region, options, relation }: Asked & { readonly relation: RelationId },
): Promise<Finding> {
  const { objects, names } = bigqueryWording(region);
  const said = readableRelation(relation);
  const [found] = (await writer.query(objects.find(relation), options)).rows;
  if (found === undefined) {
    return odd(`${said} is listed as adoptable and does not exist`);
  }
  if (found[0] !== 'view') {
    return odd(
      `${said} is listed as adoptable and is no view: on BigQuery only views are taken over`,
    );
  }
  const { schema: dataset = '' } = relationParts(relation);
  const name = names.relation(relation);
  const may = await isLet(async () => {
    await writer.check(`alter view ${name} set options (friendly_name = null)`, options);
    await writer.check(
      `grant ${quoteName(VIEWER)} on view ${name} to ${quoteText(memberOf(user))}`,
      options,
    );
  });
  const { project } = region;
  return may
    ? good(
        `${user} may take over ${said}; it is stored while whoever may read it may read all it reads, too, by grants to the same names, or ${dataset} as a whole is authorized there`,
      )
    : bad(`${user} may not take over ${said}`, [
        roleOnDataset({ project, user }, { role: OWNER, dataset }),
      ]);
}
