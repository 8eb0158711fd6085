import { relationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { Finding } from '../connector.ts';
import {
  type Asked,
  type Asking,
  bad,
  good,
  isLet,
  odd,
  orUnknown,
  type PeoplesDataset,
} from './findings.ts';
import { roleOnDataset, roleOnProject } from './grants.ts';
import { datasetView, regionView } from './information-schema.ts';

/** Datasets that are looked at one by one. */
const MOST_DATASETS = 40;

/** What tables there are, how they are made and how large they are. */
export function listsAsked(session: Asking, asked: Asked): Promise<Finding> {
  return orUnknown(`whether ${asked.user} may ${LISTS}`, () => lists(session, asked));
}

const LISTS = 'list tables and see how large they are';

async function lists(session: Asking, { user, region, options }: Asked): Promise<Finding> {
  const of = (view: string) => regionView(region, view);
  const sql = `select 1 from ${of('TABLES')} as t join ${of('TABLE_STORAGE')} as s on s.table_name = t.table_name limit 1`;
  return (await isLet(() => session.check(sql, options)))
    ? good(`${user} may ${LISTS}`)
    : bad(`${user} may not ${LISTS}`, [
        roleOnProject({ project: region.project, user }, 'roles/bigquery.metadataViewer'),
      ]);
}

/** Datasets of the region that hold something and are not ours. */
export async function peoplesDatasets(
  session: Asking,
  { region, options, own }: Asked & { readonly own: readonly string[] },
): Promise<readonly PeoplesDataset[]> {
  const sql = `select t.table_schema, min(if(t.table_type = 'BASE TABLE', t.table_name, null))
from ${regionView(region, 'TABLES')} as t group by 1 order by 1`;
  const { rows } = await session.query(sql, options);
  return rows
    .map(([schema, table = null]) => {
      const name = cellText(schema);
      const found =
        table === null ? undefined : relationId({ schema: name, name: cellText(table) });
      return { name, table: found };
    })
    .filter(({ name }) => !own.includes(name));
}

interface AskedOfPeoples extends Asked {
  readonly datasets: readonly PeoplesDataset[];
}

/** Whoever may not read a dataset as a whole may still read some of its tables: so this only warns. */
export function readsAsked(session: Asking, asked: AskedOfPeoples): Promise<Finding> {
  return orUnknown(`whether ${asked.user} may read other people’s datasets`, () =>
    reads(session, asked),
  );
}

async function reads(session: Asking, { datasets, ...asked }: AskedOfPeoples): Promise<Finding> {
  const { user, region } = asked;
  const hidden: string[] = [];
  for (const { name } of datasets.slice(0, MOST_DATASETS)) {
    if (!(await mayRead(session, { ...asked, dataset: name }))) {
      hidden.push(name);
    }
  }
  const beyond = datasets.length - MOST_DATASETS;
  const unseen = beyond > 0 ? ` (${beyond} more were not looked at)` : '';
  const role = 'roles/bigquery.dataViewer';
  return hidden.length === 0
    ? good(`${user} may read other people’s datasets${unseen}`)
    : odd(
        `${user} may not read all of ${hidden.join(', ')}${unseen}: marts over what it may not read are refused; grant it, or leave it where that is meant`,
        hidden.map((dataset) =>
          roleOnDataset({ project: region.project, user }, { role, dataset }),
        ),
      );
}

/** By the view of partitions, which asks for the right to read every table of the dataset, and needs none to be there. */
export function mayRead(
  session: Asking,
  { region: { project }, options, dataset }: Asked & { readonly dataset: string },
): Promise<boolean> {
  const sql = `select 1 from ${datasetView({ project, dataset }, 'PARTITIONS')} as p where p.table_name = 'goldsmith'`;
  return isLet(() => session.check(sql, options));
}
