import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import { type DbtReach, dbtReach, nothingReached } from '../lineage/dbt/dbt-reach.ts';
import { bindView } from '../lineage/views-of.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { ColumnUse } from '../sql/query-shape.ts';
import { columnUses } from '../sql/resolve/column-uses.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import { indexSchema } from '../sql/schema-index.ts';
import type { Reader, UsageSnapshot } from '../usage/template.ts';
import type { SchemaChange } from './schema-change.ts';
import { compareIds } from './schema-picture.ts';

/** Whom one change reaches. */
export interface Impact {
  readonly change: SchemaChange;
  /** Views that use what changed, marts' stable views among them, in the order of their ids. */
  readonly views: readonly RelationId[];
  /** Those of them that are marts of ours. */
  readonly marts: readonly RelationId[];
  /** Who used it in the window, through whatever views, latest first. */
  readonly readers: readonly AffectedReader[];
  /** Relations that statements of the window wrote from it. */
  readonly written: readonly RelationId[];
  /** What of a dbt project beside the warehouse hangs on it. */
  readonly dbt: DbtReach;
}

export interface AffectedReader {
  readonly reader: Reader;
  readonly templates: number;
  readonly runs: number;
  readonly lastUse: EpochMs;
}

export interface ImpactInput {
  /** As it was before the change: views are bound to what they were written for. */
  readonly before: SchemaSnapshot;
  readonly dialect: Dialect;
  readonly marts: readonly RelationId[];
  /** With shapes resolved before the change. */
  readonly usage: Pick<UsageSnapshot, 'templates' | 'facts'>;
  /** The dbt project as it was read before the change; absent where there is none. */
  readonly dbt?: Parameters<typeof dbtReach>[0] | undefined;
}

/** Follows each change through views, marts and the statements of the evidence window. */
export function impactsOf(
  changes: readonly SchemaChange[],
  { before, dialect, marts, usage, dbt }: ImpactInput,
): readonly Impact[] {
  const schema = indexSchema(before, dialect);
  const views = before.relations.flatMap((relation) => {
    const binding = bindView(relation, { schema, dialect });
    return binding === undefined
      ? []
      : [
          {
            id: relation.id,
            touches: toucher([...binding.relations.keys()], columnUses(binding.query)),
          },
        ];
  });
  const templates = usage.templates.map(({ fingerprint, shape }) => ({
    fingerprint,
    target: shape.target,
    touches: toucher(
      shape.relations.map(({ relation }) => relation),
      shape.columns,
    ),
  }));
  const factsOf = Map.groupBy(usage.facts, ({ fingerprint }) => fingerprint);
  return changes.map((change) => {
    const reached = views.filter(({ touches }) => touches(change)).map(({ id }) => id);
    const used = templates.filter(({ touches }) => touches(change));
    const facts = used.flatMap(({ fingerprint }) => factsOf.get(fingerprint) ?? []);
    return {
      change,
      views: reached.toSorted(compareIds),
      marts: marts.filter((mart) => reached.includes(mart)).toSorted(compareIds),
      readers: readersOf(facts),
      written: [...new Set(used.flatMap(({ target }) => target ?? []))].toSorted(compareIds),
      dbt: dbt === undefined ? nothingReached : dbtReach(dbt, whatOf(change)),
    };
  });
}

/** The relation a change is of, and the column where it is of one. */
function whatOf(change: SchemaChange): { readonly relation: RelationId; readonly column?: string } {
  const { relation } = change;
  return 'column' in change ? { relation, column: change.column } : { relation };
}

/** Whether a change concerns what is read; a change of the whole relation concerns all who read it. */
export function toucher(
  relations: readonly RelationId[],
  columns: readonly ColumnUse[],
): (change: SchemaChange) => boolean {
  const read = new Set(relations);
  const used = new Set(columns.map(({ relation, column }) => `${relation} ${column}`));
  const open = new Set(
    columns.filter(({ column }) => column === '*').map(({ relation }) => relation),
  );
  return (change) => {
    if (!read.has(change.relation)) {
      return false;
    }
    switch (change.kind) {
      case 'column-added':
      case 'column-removed':
      case 'column-renamed':
      case 'column-widened':
      case 'column-retyped':
      case 'nullability-changed':
        return open.has(change.relation) || used.has(`${change.relation} ${change.column}`);
      case 'key-lost':
      case 'relation-added':
      case 'relation-removed':
      case 'relation-moved':
      case 'relation-replaced':
      case 'definition-changed':
        return true;
    }
  };
}

function readersOf(facts: UsageSnapshot['facts']): readonly AffectedReader[] {
  const byReader = Map.groupBy(
    facts,
    ({ reader }) => `${reader.kind} ${reader.tool} ${reader.name}`,
  );
  return [...byReader.values()]
    .flatMap((own): AffectedReader[] => {
      const [first] = own;
      return first === undefined || first.reader.kind === 'goldsmith'
        ? []
        : [
            {
              reader: first.reader,
              templates: new Set(own.map(({ fingerprint }) => fingerprint)).size,
              runs: own.reduce((sum, { runs }) => sum + runs, 0),
              lastUse: Math.max(...own.map(({ lastEndedAt }) => lastEndedAt)),
            },
          ];
    })
    .toSorted((a, b) => b.lastUse - a.lastUse || compareIds(a.reader.name, b.reader.name));
}
