import type { Enumerator } from './enumeration.ts';
import { adopted } from './enumerators/adopted.ts';
import { adoptedTable } from './enumerators/adopted-table.ts';
import { aggregated } from './enumerators/aggregated.ts';
import { prejoined } from './enumerators/prejoined.ts';
import { published } from './enumerators/published.ts';

/** In order: what one finds, a later one does not find again. */
export const ENUMERATORS: readonly Enumerator[] = [
  published,
  adopted,
  adoptedTable,
  aggregated,
  prejoined,
];
