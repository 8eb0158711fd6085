-- What Goldsmith needs in Snowflake, and nothing more. Run it as an administrator (ACCOUNTADMIN, or SECURITYADMIN with SYSADMIN),
-- with the database it stands beside in place of SHOP. Names in capitals are names as Goldsmith's configuration writes them.
-- `goldsmith doctor` prints whatever of this is missing.

-- A warehouse of its own keeps what Goldsmith costs apart, and suspends when it sleeps.
create warehouse if not exists GOLDSMITH_WH warehouse_size = xsmall auto_suspend = 60 initially_suspended = true;

-- Who reads: history, catalog, tables; it writes nothing.
create role if not exists GOLDSMITH_READER;
grant usage on warehouse GOLDSMITH_WH to role GOLDSMITH_READER;
grant database role SNOWFLAKE.GOVERNANCE_VIEWER to role GOLDSMITH_READER; -- query history, policies
grant database role SNOWFLAKE.USAGE_VIEWER to role GOLDSMITH_READER;      -- attributed credits, idle ones
-- What your contract makes of a credit; without it, or through a reseller, the price in config/prices.yaml or in a list of your own holds.
grant database role SNOWFLAKE.ORGANIZATION_BILLING_VIEWER to role GOLDSMITH_READER;
-- With history.sessions, which tells the client applications of statements.
-- grant database role SNOWFLAKE.SECURITY_VIEWER to role GOLDSMITH_READER;
grant usage on database SHOP to role GOLDSMITH_READER;
-- Say this for each schema it may look into. REFERENCES is for the text of views; only an owner sees that of secure ones.
grant usage on schema SHOP.PUBLIC to role GOLDSMITH_READER;
grant select on all tables in schema SHOP.PUBLIC to role GOLDSMITH_READER;
grant select, references on all views in schema SHOP.PUBLIC to role GOLDSMITH_READER;
grant select on future tables in schema SHOP.PUBLIC to role GOLDSMITH_READER;
grant select, references on future views in schema SHOP.PUBLIC to role GOLDSMITH_READER;

-- Who signs in as it: a service user has no password.
create user if not exists GOLDSMITH_READS type = service default_role = GOLDSMITH_READER default_warehouse = GOLDSMITH_WH
  rsa_public_key = '<public key>';
grant role GOLDSMITH_READER to user GOLDSMITH_READS;

-- Who builds and publishes (`warehouse.snowflake.writer`); not needed to observe. Its schemas are its own.
create role if not exists GOLDSMITH_WRITER;
grant usage on warehouse GOLDSMITH_WH to role GOLDSMITH_WRITER;
grant database role SNOWFLAKE.GOVERNANCE_VIEWER to role GOLDSMITH_WRITER; -- row policies and masks, which a mart could not keep
grant database role SNOWFLAKE.OBJECT_VIEWER to role GOLDSMITH_WRITER;     -- who reads a mart from other databases
grant usage on database SHOP to role GOLDSMITH_WRITER;
create schema if not exists SHOP.GOLD_DATA;
create schema if not exists SHOP.GOLDSMITH;
grant usage, create table on schema SHOP.GOLD_DATA to role GOLDSMITH_WRITER;
grant usage, create table on schema SHOP.GOLDSMITH to role GOLDSMITH_WRITER;
grant usage, create view on schema SHOP.GOLD to role GOLDSMITH_WRITER;
grant usage on schema SHOP.PUBLIC to role GOLDSMITH_WRITER;
grant select on all tables in schema SHOP.PUBLIC to role GOLDSMITH_WRITER;
grant select, references on all views in schema SHOP.PUBLIC to role GOLDSMITH_WRITER;
grant select on future tables in schema SHOP.PUBLIC to role GOLDSMITH_WRITER;
grant select, references on future views in schema SHOP.PUBLIC to role GOLDSMITH_WRITER;
-- The reader looks at what it builds.
grant usage on schema SHOP.GOLD to role GOLDSMITH_READER;
grant usage on schema SHOP.GOLD_DATA to role GOLDSMITH_READER;
grant select, references on future views in schema SHOP.GOLD to role GOLDSMITH_READER;
grant select on future tables in schema SHOP.GOLD_DATA to role GOLDSMITH_READER;
-- With decide.nativeShapes: dynamic tables. Changes of a source are computed only where its owner has them tracked. And materialized
-- views (Enterprise edition); what no such view may answer is read from clones that hide their tables in one session, which takes no grant.
-- Without MONITOR the reader could not see what a dynamic table is, nor that its refreshes ended, and its mart would be withdrawn.
-- grant create dynamic table on schema SHOP.GOLD_DATA to role GOLDSMITH_WRITER;
-- grant select, monitor on future dynamic tables in schema SHOP.GOLD_DATA to role GOLDSMITH_READER;
-- grant create materialized view on schema SHOP.GOLD_DATA to role GOLDSMITH_WRITER;
-- grant select, references on future materialized views in schema SHOP.GOLD_DATA to role GOLDSMITH_READER;
-- alter table SHOP.PUBLIC.<source> set change_tracking = true;
-- To take a view over it must own it, and gives it back when it hands it back:
-- grant ownership on view SHOP.GOLD.<view> to role GOLDSMITH_WRITER copy current grants;
create user if not exists GOLDSMITH_WRITES type = service default_role = GOLDSMITH_WRITER default_warehouse = GOLDSMITH_WH
  rsa_public_key = '<public key>';
grant role GOLDSMITH_WRITER to user GOLDSMITH_WRITES;
