import { type RelationId, relationId } from '../../base/relation.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { Ident } from '../../sql/ir.ts';
import { foldIdent, sameLetters } from '../../sql/resolve/names.ts';

export interface RelationNames {
  readonly dialect: Dialect;
  /** What relations whose ids name no database lie in. */
  readonly ownDatabase?: string | undefined;
}

/**
 * The id of a relation as dbt writes it (`"shop"."main"."orders"`, `` `p`.`d`.`t` ``, `SHOP.MAIN.ORDERS`): parts without quotes
 * folded as the warehouse stores them, its own database left out.
 */
export function relationOfText(text: string, names: RelationNames): RelationId {
  const idents = [...text.matchAll(/"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^.\s"`[]+)/g)].map(
    ([, ansi, tick, bracket, plain]): Ident => {
      const quoted = ansi?.replaceAll('""', '"') ?? tick ?? bracket;
      return { name: quoted ?? plain ?? '', quoted: quoted !== undefined };
    },
  );
  // Backticks may stand around a whole dotted name.
  const [only] = idents;
  const parts =
    idents.length === 1 && only?.quoted === true && text.startsWith('`')
      ? only.name.split('.').map((name) => ({ name, quoted: true }))
      : idents;
  return relationOfParts(parts, names);
}

/** Of database, schema and name, outermost first. */
export function relationOfParts(
  parts: readonly Ident[],
  { dialect, ownDatabase }: RelationNames,
): RelationId {
  const [name = '', schema, database] = parts
    .map((ident) => foldIdent(ident, dialect.names))
    .toReversed();
  const isOwn =
    database !== undefined && ownDatabase !== undefined && sameLetters(database, ownDatabase);
  return relationId({ database: isOwn ? undefined : database, schema, name });
}
