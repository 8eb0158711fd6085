import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { DAY_MS, HOUR_MS } from '../src/base/clock.ts';
import { randomNumbers } from '../src/prove/random-numbers.ts';

export interface HistoryToMake {
  readonly path: string;
  readonly rows: number;
  readonly templates: number;
  /** Makes ids and literals that no other run of the generator makes. */
  readonly batch: string;
  readonly from: number;
  readonly days: number;
}

const TABLES = 40;
const USERS = 60;
const CLIENTS = ['psql', 'metabase', 'notebook', 'airflow'];

/**
 * Writes a history as a warehouse would export it: statements that join two to four tables of a star schema, aggregate, and
 * filter by literals that differ from run to run; some templates far more frequent than others. The same request
 * gives the same file.
 */
export async function makeHistory(wanted: HistoryToMake): Promise<void> {
  const random = randomNumbers(wanted.rows);
  const texts = Array.from({ length: wanted.templates }, (_, at) => templateText(at));
  const stream = createWriteStream(wanted.path);
  let lines = '';
  for (let row = 0; row < wanted.rows; row += 1) {
    const template = Math.min(
      wanted.templates - 1,
      row < wanted.templates ? row : Math.floor(wanted.templates * random() ** 2),
    );
    lines += `${JSON.stringify(rowOf({ ...wanted, row, template, texts, random }))}\n`;
    if (lines.length > 1_000_000) {
      if (!stream.write(lines)) {
        await once(stream, 'drain');
      }
      lines = '';
    }
  }
  stream.end(lines);
  await finished(stream);
}

/** A statement; `:a`, `:b` and `:n` stand for literals. */
export function templateText(at: number): string {
  const fact = at % TABLES;
  const dims = Array.from({ length: 1 + (at % 3) }, (_, n) => (fact * 7 + n * 11 + at) % TABLES);
  const joins = dims.map(
    (dim, n) => `join silver.dim_${dim} as d${n} on d${n}.id = f.dim_${dim}_id`,
  );
  return [
    `select d0.name, date_trunc('month', f.day) as month_${at % 97}, sum(f.amount_${at % 30}) as total,`,
    `  count(distinct f.customer_id) as customers_${at}`,
    `from silver.fact_${fact} as f`,
    ...joins,
    `where f.day >= date ':a' and d0.region = ':b' and f.quantity_${at % 11} > ${at % 2 === 0 ? ':n' : '0'}`,
    `group by d0.name, date_trunc('month', f.day)`,
    'order by total desc',
  ].join('\n');
}

interface RowToMake extends HistoryToMake {
  readonly row: number;
  readonly template: number;
  readonly texts: readonly string[];
  readonly random: () => number;
}

function rowOf({ row, rows, template, texts, batch, from, days, random }: RowToMake): object {
  const endedAt = Math.floor(from + (days * DAY_MS * row) / rows);
  const cpuMs = Math.round(1000 * (5 + 200 * random())) / 1000;
  const text = (texts[template] ?? '')
    .replace(
      ':a',
      new Date(endedAt - DAY_MS * Math.floor(30 * random())).toISOString().slice(0, 10),
    )
    .replace(':b', `region ${Math.floor(1e6 * random())} ${batch}`)
    .replace(':n', String(Math.floor(100 * random())));
  return {
    id: `${batch}-${row}`,
    text,
    endedAt: new Date(endedAt).toISOString(),
    startedAt: new Date(endedAt - HOUR_MS / 3600).toISOString(),
    status: random() < 0.01 ? 'failed' : 'success',
    user: `user_${(template + Math.floor(3 * random())) % USERS}`,
    client: CLIENTS[template % CLIENTS.length],
    database: 'lake',
    schema: 'silver',
    durationMs: cpuMs / 2,
    cpuMs,
    rowsScanned: Math.floor(1e6 * random()),
  };
}
