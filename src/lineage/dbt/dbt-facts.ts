import type { EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Facts } from '../../marts/facts.ts';
import { sameLetters } from '../../sql/resolve/names.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { DbtProject, DbtTest } from './dbt-project.ts';

/**
 * What tests of the last run verified of whole relations: keys, columns that are never NULL, references without orphans. A test
 * that failed, was skipped, or looked at some of the rows says nothing.
 */
export function dbtFacts(
  { tests, models, sources }: DbtProject,
  { verifiedAt, schema }: { readonly verifiedAt: EpochMs; readonly schema: SchemaIndex },
): Facts {
  /** As the warehouse writes it: a project may write it in another case. */
  const stored = (relation: RelationId, name: string): string =>
    schema.relationOf(relation)?.columns.find((column) => sameLetters(column.name, name))?.name ??
    name;
  const relationOf = new Map([...models, ...sources].map(({ id, relation }) => [id, relation]));
  const passed = tests.filter(({ status, isPartial }) => status === 'pass' && !isPartial);
  const at = (test: DbtTest) => (test.at === undefined ? undefined : relationOf.get(test.at));
  const named = (kind: RegExp) =>
    passed.flatMap((test) => {
      const relation = at(test);
      return kind.test(test.kind) && test.column !== undefined && relation !== undefined
        ? [{ relation, column: stored(relation, test.column), test }]
        : [];
    });
  const combined = passed.flatMap((test) => {
    const relation = at(test);
    const columns = test.arguments['combination_of_columns'];
    const isCombination =
      /(^|\.)unique_combination_of_columns$/.test(test.kind) && Array.isArray(columns);
    return isCombination && relation !== undefined
      ? [{ relation, columns: columns.map((each) => stored(relation, String(each))) }]
      : [];
  });
  return {
    source: 'dbt tests of the last run',
    verifiedAt,
    uniqueKeys: [
      ...named(/^unique$/).map(({ relation, column }) => ({ relation, columns: [column] })),
      ...combined,
    ],
    inclusions: named(/^relationships$/).flatMap(({ relation, column, test }) => {
      const to = test.dependsOn.map((id) => relationOf.get(id)).find((id) => id !== relation);
      const field = test.arguments['field'];
      return to === undefined || typeof field !== 'string'
        ? []
        : [{ from: relation, fromColumns: [column], to, toColumns: [stored(to, field)] }];
    }),
    notNull: named(/^not_null$/).map(({ relation, column }) => ({ relation, column })),
    rowCounts: [],
  };
}
