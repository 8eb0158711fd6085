-- What Goldsmith needs in Databricks with Unity Catalog, and nothing more. Replace the names in backticks: `shop` is the catalog it
-- stands beside, `goldsmith-reader` and `goldsmith-writer` are the application ids of two service principals with OAuth secrets.
-- Besides: CAN USE on one small SQL warehouse for both, by its permissions page. `goldsmith doctor` prints whatever of this is missing.

-- Who reads: catalog and tables. It writes nothing.
grant use catalog, use schema, select on catalog `shop` to `goldsmith-reader`;

-- The history: by an account admin who is metastore admin, after the schema `query` of the catalog `system` was enabled.
-- Or grant `select` on a dynamic view of your own with the same columns, and name it in `history.relation`.
grant use catalog on catalog system to `goldsmith-reader`;
grant use schema, select on schema system.query to `goldsmith-reader`;
-- What a DBU of this warehouse costs; without it, the price in config/prices.yaml or in a list of your own holds.
grant use schema, select on schema system.billing to `goldsmith-reader`;
-- When a warehouse was up: with it, what it was billed while nothing ran is told apart from what statements cost.
grant use schema, select on schema system.compute to `goldsmith-reader`;

-- Who writes: reads the sources of marts, and owns the schemas of its own. Leave it out where Goldsmith only observes.
grant use catalog, use schema, select on catalog `shop` to `goldsmith-writer`;
grant use schema, create table, select, modify on schema `shop`.`gold` to `goldsmith-writer`;
grant use schema, create table, select, modify on schema `shop`.`gold_data` to `goldsmith-writer`;
grant use schema, create table, select, modify on schema `shop`.`goldsmith` to `goldsmith-writer`;
-- What reads a mart from other catalogs, and what views read whose text only their owners see: after the schema `access` was enabled.
grant use catalog on catalog system to `goldsmith-writer`;
grant use schema, select on schema system.access to `goldsmith-writer`;
-- For each view it may take over (`marts.adoptable`): only an owner is told a view's text and may replace it. Grants on the view stay.
-- alter view `shop`.`gold`.`<view>` owner to `goldsmith-writer`;
-- With decide.nativeShapes: materialized views. They need a pro or serverless SQL warehouse and serverless compute for their refreshes,
-- which is billed apart. Changes of a source are computed only where its owner has its rows tracked.
-- grant create materialized view on schema `shop`.`gold_data` to `goldsmith-writer`;
-- alter table `shop`.`sales`.`<source>` set tblproperties (delta.enableRowTracking = true);
