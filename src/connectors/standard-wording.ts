import type { EpochMs } from '../base/clock.ts';
import { type RelationId, relationParts } from '../base/relation.ts';
import { derived, quoteName, quoteText } from './quote.ts';
import type { NameWording, RenamedQuery, StatementWording } from './wording.ts';

/** Names as standard SQL writes them: in double quotes; texts in single ones, without escapes. */
export const standardNames: NameWording = namesBy({ quote: quoteName, text: quoteText });

/** All of `NameWording` from how one name and one text are written; columns are renamed by a list behind the alias. */
export function namesBy({ quote, text }: Pick<NameWording, 'quote' | 'text'>): NameWording {
  return {
    quote,
    text,
    relation(id: RelationId): string {
      const { database, schema, name } = relationParts(id);
      return [database, schema, name]
        .filter((part) => part !== undefined && part !== '')
        .map((part) => quote(part ?? ''))
        .join('.');
    },
    renamed: ({ sql, alias, as }: RenamedQuery) => derived(sql, `${alias}(${as.join(', ')})`),
  };
}

/** `renamed` where an alias takes no list of columns: then the SELECT's own names must be unique. */
export function renamedBySelect(
  { sql, alias, columns, as }: RenamedQuery,
  quote: NameWording['quote'],
): string {
  const renamed = columns.map(({ name }, at) => `${quote(name)} as ${as[at] ?? ''}`).join(', ');
  return derived(`select ${renamed} from ${derived(sql, 'named')}`, alias);
}

/** The statements as most warehouses take them. */
export function standardStatements(names: NameWording): StatementWording {
  return {
    createSchema: (schema) => `create schema if not exists ${names.quote(schema)}`,
    commentOn: (kind, { relation, comment }) =>
      `comment on ${kind} ${names.relation(relation)} is ${comment === undefined ? 'null' : names.text(comment)}`,
    commentOnColumn: (relation, { column, comment }) =>
      `comment on column ${names.relation(relation)}.${names.quote(column)} is ${names.text(comment)}`,
  };
}

/** A moment with its zone, as standard SQL casts it. */
export function standardMoment(at: EpochMs): string {
  return `cast('${new Date(at).toISOString()}' as timestamp with time zone)`;
}

/** `ContentWording.repeatedKeys` where rows are values: counting distinct keys is three times cheaper than grouping by them. */
export function standardRepeatedKeys(columns: readonly string[]): string {
  const [only, ...more] = columns;
  if (only === undefined || more.length === 0) {
    return `count(${only ?? '*'}) - count(distinct ${only ?? '1'})`;
  }
  const complete = columns.map((name) => `${name} is not null`).join(' and ');
  return `count(*) filter (where ${complete})
    - count(distinct row(${columns.join(', ')})) filter (where ${complete})`;
}
