import type { KnownTemplate, ScopedFingerprint } from '../usage/usage-ports.ts';
import type { Database, StoredRow } from './database.ts';

/** A template as it stands in memory: enough to book a run on it. */
export interface TemplateEntry extends KnownTemplate {
  readonly id: number;
}

/** All templates by fingerprint and by scope, read once and kept in step by the writer. */
export interface KnownTemplates {
  find(asked: ScopedFingerprint): TemplateEntry | undefined;
  findFingerprint(fingerprint: string): TemplateEntry | undefined;
  keep(entry: TemplateEntry): void;
  bind(asked: ScopedFingerprint, entry: TemplateEntry): void;
  unbind(asked: ScopedFingerprint): void;
  /** Forgets all; the next look reads them again. */
  reset(): void;
}

export function knownTemplates(database: Database): KnownTemplates {
  let loaded: Loaded | undefined;

  function load(): Loaded {
    loaded ??= readAll(database);
    return loaded;
  }

  return {
    find: (asked) => load().byScope.get(scopeKey(asked)),
    findFingerprint: (fingerprint) => load().byFingerprint.get(fingerprint),
    keep(entry) {
      load().byFingerprint.set(entry.fingerprint, entry);
    },
    bind(asked, entry) {
      load().byScope.set(scopeKey(asked), entry);
    },
    unbind(asked) {
      load().byScope.delete(scopeKey(asked));
    },
    reset() {
      loaded = undefined;
    },
  };
}

interface Loaded {
  readonly byFingerprint: Map<string, TemplateEntry>;
  readonly byScope: Map<string, TemplateEntry>;
}

function readAll(database: Database): Loaded {
  const byFingerprint = new Map<string, TemplateEntry>();
  const byId = new Map<number, TemplateEntry>();
  for (const row of database
    .prepare('select id, fingerprint, shape_digest, is_stale from templates')
    .iterate()) {
    const entry = entryOf(row);
    byFingerprint.set(entry.fingerprint, entry);
    byId.set(entry.id, entry);
  }
  const byScope = new Map<string, TemplateEntry>();
  for (const row of database
    .prepare('select fingerprint, database, schema, template_id from scopes')
    .iterate()) {
    const entry = byId.get(Number(row['template_id']));
    if (entry !== undefined) {
      byScope.set(scopeKey(scopedOf(row)), entry);
    }
  }
  return { byFingerprint, byScope };
}

function entryOf(row: StoredRow): TemplateEntry {
  return {
    id: Number(row['id']),
    fingerprint: String(row['fingerprint']),
    shapeDigest: String(row['shape_digest']),
    isStale: row['is_stale'] === 1,
  };
}

/** What a row of `scopes` is about. */
export function scopedOf(row: StoredRow): ScopedFingerprint {
  return {
    fingerprint: String(row['fingerprint']),
    database: String(row['database']),
    schema: String(row['schema']),
  };
}

function scopeKey({ fingerprint, database, schema }: ScopedFingerprint): string {
  return `${fingerprint}\0${database}\0${schema}`;
}
