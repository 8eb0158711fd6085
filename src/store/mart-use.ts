import { DAY_MS, dayOf } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Template, UsageFact } from '../usage/template.ts';
import { type Asker, readAskers } from './asker-reader.ts';
import type { Database } from './database.ts';
import { FACT_COLUMNS, factOf, NO_SAMPLES } from './fact-cells.ts';
import type { Days, FactsAndTemplates } from './fact-days.ts';
import { decodeHead } from './shape-codec.ts';

/**
 * The use of a few marts over many days: facts of statements that name one of them, and of those `route` answered from
 * one or held back. Their templates come without queries, their facts without sample ids.
 */
export function readMartUse(
  database: Database,
  { from, until, marts }: Days & { readonly marts: readonly RelationId[] },
): FactsAndTemplates {
  const naming = marts.length === 0 ? new Map<number, Template>() : readNaming(database, marts);
  const askers = readAskers(database);
  const served = [...askers].filter(([, asker]) => isServedBy(asker, marts)).map(([id]) => id);
  const rows = database
    .prepare(`
      select day, fingerprint, ${FACT_COLUMNS} from facts join templates on id = template_id
      where day between ? and ? and (
        template_id in (select value from json_each(?)) or asker_id in (select value from json_each(?)))
      order by day, template_id, asker_id`)
    .cells(from, until, JSON.stringify([...naming.keys()]), JSON.stringify(served));
  const facts: UsageFact[] = [];
  for (const [day, fingerprint, ...cells] of naming.size + served.length === 0 ? [] : rows) {
    const asker = askers.get(Number(cells[1]));
    if (asker !== undefined) {
      facts.push(
        factOf(cells, {
          fingerprint: String(fingerprint),
          day: dayOf(Number(day) * DAY_MS),
          asker,
          sampleIds: NO_SAMPLES,
        }),
      );
    }
  }
  return { facts, templates: [...naming.values()] };
}

function isServedBy({ servedBy }: Asker, marts: readonly RelationId[]): boolean {
  return servedBy.kind !== 'base' && marts.includes(servedBy.mart);
}

/** The text is looked at first: most shapes need no reading to tell that they do not name the mart. */
function readNaming(
  database: Database,
  marts: readonly RelationId[],
): ReadonlyMap<number, Template> {
  const rows = database
    .prepare(`
      select id, fingerprint, normal_form, shape from templates
      where exists (select 1 from json_each(?) where instr(shape, value) > 0) order by fingerprint`)
    .iterate(JSON.stringify(marts.map((mart) => JSON.stringify(mart))));
  const naming = new Map<number, Template>();
  for (const row of rows) {
    const shape = decodeHead(String(row['shape']));
    if (shape.relations.some(({ via, relation }) => via === 'named' && marts.includes(relation))) {
      naming.set(Number(row['id']), {
        fingerprint: String(row['fingerprint']),
        normalForm: String(row['normal_form']),
        shape,
      });
    }
  }
  return naming;
}
