import { dayNumber, type EpochMs } from '../base/clock.ts';
import type { Retention } from '../usage/usage-ports.ts';
import type { UsageTables } from './usage-tables.ts';

/** Forgets what is older than the retention, once a day of the clock it is given. */
export function pruner(tables: UsageTables): (retention: Retention, now: EpochMs) => void {
  const { database } = tables;
  const prunedOn = database.prepare("select day from upkeep where task = 'prune'");
  const setPrunedOn = database.prepare("insert or replace into upkeep values ('prune', ?)");
  const forgetIds = database.prepare('delete from seen where day < ?');
  const oldestSeen = database.prepare("select day from upkeep where task = 'oldest-seen'");
  const setOldestSeen = database.prepare(
    "insert or replace into upkeep select 'oldest-seen', coalesce(min(day), ?) from seen",
  );
  const noteIds = database.prepare('update sources set ids_since = max(ids_since, ?)');
  const forgetFacts = database.prepare('delete from facts where day < ?');
  const forgetSkips = database.prepare('delete from skips where day < ?');
  const forgetAsks = database.prepare('delete from route_asks where day < ?');
  const forgetColumns = database.prepare('delete from column_reads where day < ?');
  const forgetTemplates = database.prepare(
    'delete from templates where id not in (select template_id from facts) returning id',
  );
  const forgetScopes = database.prepare(
    'delete from scopes where template_id not in (select id from templates)',
  );

  /** A number that is free again may be given to another template. */
  function forgetUnused(): void {
    for (const row of forgetTemplates.all()) {
      const id = Number(row['id']);
      tables.columnDays.forget(id);
      tables.factDays.forgetTemplate(id);
    }
    forgetScopes.run();
    tables.templates.reset();
  }

  /** Ids have no order by day, so the table is gone through only when something in it is old enough. */
  function forgetIdsBefore(day: number, today: number): void {
    const oldest = oldestSeen.get()?.['day'];
    if (typeof oldest !== 'number' || oldest < day) {
      forgetIds.run(day);
      setOldestSeen.run(today);
    }
  }

  return (retention, now) => {
    const today = dayNumber(now);
    if (prunedOn.get()?.['day'] === today) {
      return;
    }
    database.transaction(() => {
      const idsSince = today - retention.idDays;
      forgetIdsBefore(idsSince, today);
      noteIds.run(idsSince);
      forgetSkips.run(today - retention.factDays);
      forgetAsks.run(today - retention.factDays);
      forgetColumns.run(today - retention.columnDays);
      if (forgetFacts.run(today - retention.factDays) > 0) {
        tables.factDays.forgetBefore(today - retention.factDays);
        forgetUnused();
      }
      setPrunedOn.run(today);
    });
  };
}
