import type { BadHistoryRow } from '../connectors/history-row.ts';
import { dayNumberOf } from '../usage/decay.ts';
import { shapeDigestOf } from '../usage/shape-digest.ts';
import type { UsageWriter } from '../usage/usage-ports.ts';
import { factWriter } from './fact-writer.ts';
import { scopedOf } from './known-templates.ts';
import { encodeShape } from './shape-codec.ts';
import { StoreError } from './store-error.ts';
import type { UsageTables } from './usage-tables.ts';

const BAD_ROWS_KEPT = 100;

/** Makes writers for sources; each is used inside one transaction. */
export function usageWriters(tables: UsageTables): (source: string) => UsageWriter {
  const { database, templates, seen } = tables;
  const insertTemplate = database.prepare(`
    insert into templates (fingerprint, asked, database, schema, normal_form, shape, query, shape_digest, shape_key)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (fingerprint) do update set asked = excluded.asked, database = excluded.database, schema = excluded.schema,
      normal_form = excluded.normal_form, shape = excluded.shape, query = excluded.query,
      shape_digest = excluded.shape_digest, shape_key = excluded.shape_key, is_stale = 0
    returning id`);
  const unbind = database.prepare(
    'delete from scopes where template_id = ? returning fingerprint, database, schema',
  );
  const bind = database.prepare('insert or replace into scopes values (?, ?, ?, ?)');
  const markStale = database.prepare('update templates set is_stale = 1 where fingerprint = ?');
  const setKey = database.prepare('update sources set shapes_key = ? where name = ?');
  const setPosition = database.prepare('update sources set position = ? where name = ?');
  const addSkip = database.prepare(`
    insert into skips values (?, ?, ?) on conflict do update set statements = statements + excluded.statements`);
  const countBad = database.prepare('update sources set bad_rows = bad_rows + ? where name = ?');
  const addBad = database.prepare('insert into bad_rows (source, place, because) values (?, ?, ?)');
  const trimBad = database.prepare(`
    delete from bad_rows where source = ?1 and id not in
      (select id from bad_rows where source = ?1 order by id desc limit ?2)`);
  const addFacts = factWriter(tables);

  return (source) => ({
    remember: (marks) => seen.remember(marks),
    putTemplate({ fingerprint, normalForm, shape }, { asked, shapeKey }) {
      const known = templates.findFingerprint(fingerprint);
      const stored = encodeShape(shape);
      const shapeDigest = shapeDigestOf(shape);
      const row = insertTemplate.get(
        fingerprint,
        asked.fingerprint,
        asked.database,
        asked.schema,
        normalForm,
        stored.head,
        stored.query,
        shapeDigest,
        shapeKey,
      );
      const entry = { id: Number(row?.['id']), fingerprint, shapeDigest, isStale: false };
      if (known !== undefined) {
        for (const bound of unbind.all(entry.id)) {
          templates.unbind(scopedOf(bound));
        }
        tables.columnDays.forget(entry.id);
        tables.factDays.forgetTemplate(entry.id);
      }
      bind.run(asked.fingerprint, asked.database, asked.schema, entry.id);
      templates.keep(entry);
      templates.bind(asked, entry);
    },
    bindScope(asked, templateFingerprint) {
      const entry = templates.findFingerprint(templateFingerprint);
      if (entry === undefined) {
        throw new StoreError(
          'STATE_TEMPLATE_UNKNOWN',
          `The state knows no template ${templateFingerprint}, so nothing can be bound to it.`,
        );
      }
      bind.run(asked.fingerprint, asked.database, asked.schema, entry.id);
      templates.bind(asked, entry);
    },
    markStale(fingerprints) {
      for (const fingerprint of fingerprints) {
        markStale.run(fingerprint);
      }
      templates.reset();
    },
    setShapesCheckedAgainst(key) {
      setKey.run(key, source);
    },
    addFacts,
    addSkips(skips) {
      for (const { day, rule, statements } of skips) {
        addSkip.run(dayNumberOf(day), rule, statements);
      }
    },
    addBadRows(bad) {
      if (bad.length === 0) {
        return;
      }
      countBad.run(bad.length, source);
      for (const { where, because } of bad.slice(-BAD_ROWS_KEPT)) {
        addBad.run(source, where, withoutQuotes({ where, because }));
      }
      trimBad.run(source, BAD_ROWS_KEPT);
    },
    setPosition(position) {
      setPosition.run(position, source);
    },
  });
}

/** A reason may quote the row it is about; what is quoted may be somebody's, so it ends before the first quote. */
function withoutQuotes({ because }: BadHistoryRow): string {
  return because.split(/["'`]/, 1)[0]?.trim() ?? '';
}
