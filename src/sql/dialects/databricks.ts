import type { Dialect } from '../dialect.ts';
import { spark } from './spark.ts';

/** Spark's words and names, with Databricks' own rules where the tables of rules say so. */
export const databricks: Dialect = { ...spark, name: 'databricks' };
