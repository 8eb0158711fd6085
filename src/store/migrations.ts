import { createUsage } from './migrations/001-usage.ts';
import { createDocuments } from './migrations/002-documents.ts';

/** All migrations in order; the state's version is how many of them it has seen. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [createUsage, createDocuments];
