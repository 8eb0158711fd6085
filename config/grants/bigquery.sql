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
