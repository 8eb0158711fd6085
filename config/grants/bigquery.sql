-- What Goldsmith needs in BigQuery, and nothing more. Two service accounts without keys: federate them (workload identity) or let the
-- machine be them. Project-wide roles are given in a shell, the others here, by an administrator, for each dataset.
-- `goldsmith doctor` prints whatever of the reader's and the writer's rights is missing.
--
--   P=my-project
--   R=goldsmith-reader@$P.iam.gserviceaccount.com
--   W=goldsmith-writer@$P.iam.gserviceaccount.com
--   gcloud iam service-accounts create goldsmith-reader --project=$P
--   gcloud iam service-accounts create goldsmith-writer --project=$P
--
--   Both run jobs; the reader sees everybody's jobs, and how tables are made and how large they are:
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$R --role=roles/bigquery.jobUser
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$W --role=roles/bigquery.jobUser
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$R --role=roles/bigquery.resourceViewer
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$R --role=roles/bigquery.metadataViewer

-- Both read the sources of marts; say this for each dataset they may look into.
grant `roles/bigquery.dataViewer` on schema `my-project.shop`
to 'serviceAccount:goldsmith-reader@my-project.iam.gserviceaccount.com', 'serviceAccount:goldsmith-writer@my-project.iam.gserviceaccount.com';

-- The writer (leave it out where Goldsmith only observes) owns the datasets of versions, `gold_data`, and of stable views, `gold`: it hands
-- readers on, which asks for more than making tables does. It has to see who may read what, which row policies stand on the sources, and
-- which of its own statements still run after a kill; no predefined role gives that alone:
--
--   gcloud iam roles create goldsmithLooks --project=$P --permissions=bigquery.jobs.list,bigquery.datasets.get,bigquery.datasets.getIamPolicy,bigquery.tables.get,bigquery.tables.getIamPolicy,bigquery.rowAccessPolicies.list
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$W --role=projects/$P/roles/goldsmithLooks
--   gcloud projects add-iam-policy-binding $P --member=serviceAccount:$W --role=roles/bigquery.metadataViewer
--
-- Marts kept as materialized views (`decide.nativeShapes`) need nothing more: owning `gold_data` and reading the sources is enough to make
-- and refresh them. Reservations of the STANDARD edition have none.
--
-- The location is that of the sources, and of `warehouse.bigquery.location`.
create schema if not exists `my-project.gold` options (location = 'EU');
create schema if not exists `my-project.gold_data` options (location = 'EU');
create schema if not exists `my-project.goldsmith` options (location = 'EU');
grant `roles/bigquery.dataOwner` on schema `my-project.gold` to 'serviceAccount:goldsmith-writer@my-project.iam.gserviceaccount.com';
grant `roles/bigquery.dataOwner` on schema `my-project.gold_data` to 'serviceAccount:goldsmith-writer@my-project.iam.gserviceaccount.com';
grant `roles/bigquery.dataEditor` on schema `my-project.goldsmith` to 'serviceAccount:goldsmith-writer@my-project.iam.gserviceaccount.com';
-- The reader looks at what is built.
grant `roles/bigquery.dataViewer` on schema `my-project.gold` to 'serviceAccount:goldsmith-reader@my-project.iam.gserviceaccount.com';
grant `roles/bigquery.dataViewer` on schema `my-project.gold_data` to 'serviceAccount:goldsmith-reader@my-project.iam.gserviceaccount.com';
-- A view of another dataset that Goldsmith may take over (`marts.adoptable`): the writer has to own that dataset, too. It is stored only while whoever
-- may read the view may read all it reads, by grants to the same names, or the view's dataset as a whole is authorized there.
