import { cellText } from '../cell-text.ts';
import type { Finding } from '../connector.ts';
import { quoteText } from '../quote.ts';
import { type Ask, bad, good, odd } from './findings.ts';
import { LOG_SETTINGS, logTroubles, type Trouble } from './log-settings.ts';

/** `logging_collector` is taken up by a restart alone. */
const NEEDS_RESTART = 'logging_collector';

/** Of the first version that logs as JSON. */
const JSON_SINCE = 150_000;

/** Whether the log holds what `log-entry.ts` reads, as the sessions of whoever asks have it, and who has settings of their own. */
export async function diagnoseLog(ask: Ask): Promise<readonly Finding[]> {
  const { rows } = await ask(
    `select name, reset_val from pg_catalog.pg_settings where name in (${listed(LOG_SETTINGS)})`,
  );
  const settings = new Map(rows.map(([name, value]) => [cellText(name), cellText(value)]));
  if (Number(settings.get('server_version_num')) < JSON_SINCE) {
    const detail =
      'PostgreSQL logs as JSON from 15 on, so there is no history; set history.source: postgres-statements';
    return [bad(detail, [])];
  }
  const own = await otherwise(ask);
  const troubles = logTroubles(settings, { someDiffer: own.length > 0 });
  const [ending, hiding] = [true, false].map((ends) =>
    troubles.filter(({ endsAll = false }) => endsAll === ends),
  );
  return [
    ...told(ending ?? [], { as: bad, what: 'no statement can be read out of the log' }),
    ...told(hiding ?? [], { as: odd, what: 'not every statement can be read out of the log' }),
    ...(troubles.length === 0 ? [good('the log tells every statement')] : []),
    ...own,
  ];
}

function told(
  troubles: readonly Trouble[],
  { as, what }: { readonly as: typeof bad; readonly what: string },
): readonly Finding[] {
  if (troubles.length === 0) {
    return [];
  }
  const set = troubles.flatMap((trouble) => Object.entries(trouble.set));
  const remedy = [...new Map(set)].map(([name, value]) => {
    const restart = name === NEEDS_RESTART ? ' -- and restart the server' : '';
    return `alter system set ${name} = ${value};${restart}`;
  });
  return [
    as(`${what}: ${troubles.map(({ because }) => because).join('; ')}`, [
      ...remedy,
      'select pg_reload_conf();',
    ]),
  ];
}

/** A role's or a database's own settings hold for its sessions, whatever the server has. */
async function otherwise(ask: Ask): Promise<readonly Finding[]> {
  const { rows } =
    await ask(`select coalesce(r.rolname, 'database ' || d.datname)::text, string_agg(one, ', ' order by one)
from pg_catalog.pg_db_role_setting as s cross join lateral pg_catalog.unnest(s.setconfig) as one
left join pg_catalog.pg_roles as r on r.oid = s.setrole left join pg_catalog.pg_database as d on d.oid = s.setdatabase
where split_part(one, '=', 1) in (${listed(LOG_SETTINGS)}) and (s.setdatabase = 0 or d.datname = current_database())
group by 1 order by 1`);
  const own = rows.map(([who, settings]) => `${cellText(who)} (${cellText(settings)})`);
  return own.length === 0
    ? []
    : [odd(`the log tells as their own settings say what these run: ${own.join('; ')}`)];
}

function listed(names: readonly string[]): string {
  return names.map(quoteText).join(', ');
}
