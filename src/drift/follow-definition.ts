import type { RelationId } from '../base/relation.ts';
import type { MartColumn, MartDefinition, Obligation } from '../marts/mart.ts';
import type { DialectName } from '../sql/dialect.ts';
import { quoteName } from '../sql/print/quote-name.ts';
import { carriesExactly } from './is-widening.ts';
import { compareIds } from './schema-picture.ts';
import { nameNow, type SourceNow, sourceOf } from './source-now.ts';

/** A definition with another text, its sources and obligations under today's names; what readers see stays. */
export function definitionAfter(
  definition: MartDefinition,
  { sql, sources }: { readonly sql: string; readonly sources: readonly SourceNow[] },
): MartDefinition {
  const idOf = (relation: RelationId) => sourceOf(sources, relation)?.is.id ?? relation;
  const columnOf = (relation: RelationId) => (column: string) => {
    const source = sourceOf(sources, relation);
    return source === undefined ? column : nameNow(source, column);
  };
  const obligations = definition.obligations.map((obligation): Obligation => {
    if (obligation.kind === 'inclusion') {
      const { from, fromColumns, to, toColumns } = obligation;
      return {
        kind: 'inclusion',
        from: idOf(from),
        fromColumns: fromColumns.map(columnOf(from)),
        to: idOf(to),
        toColumns: toColumns.map(columnOf(to)),
      };
    }
    const { relation } = obligation;
    return obligation.kind === 'unique-key'
      ? {
          ...obligation,
          relation: idOf(relation),
          columns: obligation.columns.map(columnOf(relation)),
        }
      : { ...obligation, relation: idOf(relation), column: columnOf(relation)(obligation.column) };
  });
  return {
    ...definition,
    sql,
    sources: definition.sources.map(idOf).toSorted(compareIds),
    obligations,
  };
}

/**
 * A text whose columns have the promised types again, where every value that fits is carried as it is and one that does not is an
 * error of the engine; the reason where a value could come out as another one.
 */
export function carried(
  { columns, sql }: Pick<MartDefinition, 'columns' | 'sql'>,
  { found, dialect }: { readonly found: readonly MartColumn[]; readonly dialect: DialectName },
): { readonly sql: string } | { readonly because: string } {
  const quote = (name: string) => quoteName(name, dialect);
  const items: string[] = [];
  for (const [at, { name, type }] of columns.entries()) {
    const now = found[at];
    if (now?.name !== name) {
      return { because: `column ${at + 1} should be ${name} and is ${now?.name ?? 'missing'}` };
    }
    if (now.type !== type && !carriesExactly(now.type, type)) {
      return {
        because: `${name} was promised as ${type} and is ${now.type} now, which may hold what ${type} cannot`,
      };
    }
    items.push(
      now.type === type ? quote(name) : `cast(${quote(name)} as ${type}) as ${quote(name)}`,
    );
  }
  return { sql: `select ${items.join(', ')}\nfrom (\n${sql}\n) as carried` };
}
