-- What Goldsmith needs in PostgreSQL 14 or later, and nothing more. Run it as an administrator in the database it stands beside:
--   psql -v database=shop -v reader_password=... -v writer_password=... -f config/grants/postgres.sql
-- `goldsmith doctor` prints whatever of this is missing.

-- Who reads: history, catalog, tables; it writes nothing and is no superuser.
create role goldsmith_reader login password :'reader_password';
grant connect on database :"database" to goldsmith_reader;
grant pg_monitor to goldsmith_reader; -- everybody's statements in pg_stat_statements

-- Who writes: the ledger, hidden versions, stable views.
create role goldsmith_writer login password :'writer_password';
-- `temporary` is for refreshing materialized views under their readers (everybody has it, until it is revoked from public).
grant connect, create, temporary on database :"database" to goldsmith_writer;

-- Both read the sources of marts; say this for each schema they may look into.
grant usage on schema public to goldsmith_reader, goldsmith_writer;
grant select on all tables in schema public to goldsmith_reader, goldsmith_writer;
alter default privileges in schema public grant select on tables to goldsmith_reader, goldsmith_writer;

-- What the writer makes, the reader proves and replays.
alter default privileges for role goldsmith_writer grant usage on schemas to goldsmith_reader;
alter default privileges for role goldsmith_writer grant select on tables to goldsmith_reader;

-- For each view it may take over (`marts.adoptable`): only an owner may replace it.
-- grant view_owner to goldsmith_writer;
-- grant create, usage on schema gold to goldsmith_writer;
