import type { Brand } from './brand.ts';

/**
 * A relation's canonical name: its parts in the warehouse's own stored case, joined by dots, each part
 * double-quoted where it holds anything but letters, digits and underscores. Equal ids, equal relation.
 */
export type RelationId = Brand<string, 'RelationId'>;

export interface RelationParts {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly name: string;
}

export function relationId({ database, schema, name }: RelationParts): RelationId {
  return [database, schema, name]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => quotePart(part ?? ''))
    .join('.') as RelationId;
}

/** Splits an id (or a dotted name in the same notation) back into its parts, last part first filled. */
export function relationParts(id: string): RelationParts {
  const parts = [...id.matchAll(/"((?:[^"]|"")*)"|([^.]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
  const [name = '', schema, database] = parts.toReversed();
  return { database, schema, name };
}

/** `schema.name`, as people say it. */
export function readableRelation(id: string): string {
  const { schema, name } = relationParts(id);
  return schema === undefined ? name : `${schema}.${name}`;
}

function quotePart(part: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}
