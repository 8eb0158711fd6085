/** What was mined from the history. No table holds a statement's text or a literal of one. */
export const createUsage = `
create table sources (
  name text primary key,
  position text,
  shapes_key text,
  -- Ids of days before this one are forgotten.
  ids_since integer not null default 0,
  bad_rows integer not null default 0
) strict, without rowid;

create table bad_rows (
  id integer primary key,
  source text not null,
  place text not null,
  because text not null
) strict;

-- MD5 of the source's name and the statement's id.
create table seen (
  hash blob primary key,
  day integer not null
) strict, without rowid;

create table templates (
  id integer primary key,
  fingerprint text not null unique,
  -- The fingerprint of the text and the scope it was read in.
  asked text not null,
  database text not null,
  schema text not null,
  normal_form text not null,
  -- JSON; without the query.
  shape text not null,
  -- The bound query: JSON, zstd.
  query blob,
  shape_digest text not null,
  shape_key text not null,
  is_stale integer not null default 0
) strict;

create table scopes (
  fingerprint text not null,
  database text not null,
  schema text not null,
  template_id integer not null,
  primary key (fingerprint, database, schema)
) strict, without rowid;

create index scopes_by_template on scopes (template_id);

create table askers (
  id integer primary key,
  reader_id integer not null,
  client text not null,
  role text not null,
  served text not null,
  mart text not null,
  unique (reader_id, client, role, served, mart)
) strict;

create table readers (
  id integer primary key,
  kind text not null,
  name text not null,
  tool text not null,
  unique (kind, name, tool)
) strict;

create table facts (
  day integer not null,
  template_id integer not null,
  asker_id integer not null,
  runs integer not null,
  costed_runs integer not null,
  cpu_ms real not null,
  cpu_ms_squared real not null,
  duration_ms real not null,
  rows_scanned real not null,
  bytes_scanned real not null,
  failed_runs integer not null,
  cached_runs integer not null,
  last_ended_at integer not null,
  -- Recent statement ids, latest first, each ended by a line feed.
  sample_ids text not null,
  primary key (day, template_id, asker_id)
) strict, without rowid;

create table skips (
  day integer not null,
  rule text not null,
  statements integer not null,
  primary key (day, rule)
) strict, without rowid;

create table columns (
  id integer primary key,
  relation text not null,
  name text not null,
  unique (relation, name)
) strict;

-- Which columns a reader used on a day: see column-codes.ts.
create table column_reads (
  day integer not null,
  reader_id integer not null,
  codes blob not null,
  primary key (day, reader_id)
) strict, without rowid;

create table route_asks (
  day integer not null,
  client text not null,
  role text not null,
  fingerprint text not null,
  outcome text not null,
  asks integer not null,
  primary key (day, client, role, fingerprint, outcome)
) strict, without rowid;

create table upkeep (
  task text primary key,
  day integer not null
) strict, without rowid;
`;
