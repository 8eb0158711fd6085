import { sha256 } from '../../base/digest.ts';
import type { Mart, MartDefinition } from '../../marts/mart.ts';
import type { WantedContract } from '../contract/update-contract.ts';
import type { SaidOfColumn } from './said-of-columns.ts';

export interface ContractParts {
  /** As the ledger tells it; absent before the mart is published. */
  readonly mart: Mart | undefined;
  /** Attributes nobody can read any more. */
  readonly tombstoned: ReadonlySet<string>;
  readonly isStored: boolean;
  readonly owner: string | undefined;
  /** No two rows agree on these: what a grouping statement says of itself, or what was verified. */
  readonly key: readonly string[] | undefined;
  /** What is said of its columns where they come from, by name. */
  readonly said?: ReadonlyMap<string, SaidOfColumn> | undefined;
}

/** What Goldsmith promises of a mart: nothing but what its definition says and what was verified of its last version. */
export function contractOf(
  definition: MartDefinition,
  { mart, tombstoned, isStored, owner, key, said }: ContractParts,
): WantedContract {
  const facts = mart?.current?.facts;
  const notNull = new Set(
    (facts?.notNull ?? [])
      .filter(({ relation }) => relation === definition.relation)
      .map(({ column }) => column),
  );
  const columns = definition.columns.filter(({ name }) => !tombstoned.has(name));
  const names = new Set(columns.map(({ name }) => name));
  return {
    relation: definition.relation,
    physicalType: isStored ? 'table' : 'view',
    ...(owner === undefined ? {} : { owner }),
    statement: sha256(definition.sql).slice(0, 16),
    columns: columns.map(({ name, type }) => ({
      name,
      type,
      ...(notNull.has(name) ? { notNull: true } : {}),
      ...said?.get(name),
    })),
    ...(key === undefined || !key.every((name) => names.has(name)) ? {} : { key }),
    ...((mart?.current?.rows ?? 0) > 0 ? { minimumRows: 1 } : {}),
    maxStalenessMs: definition.maxStalenessMs,
  };
}
