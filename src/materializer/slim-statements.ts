import type { RelationId } from '../base/relation.ts';
import type { MartColumn } from '../marts/mart.ts';
import type { SlimAttribute, SlimForm } from '../marts/slim-form.ts';
import { quoteName, quoteRelation, quoteText } from '../prove/quote.ts';

/** The tables of a slim version: its own, and one a pack. */
export function createSlimTables(table: RelationId, { sql, packs }: SlimForm): readonly string[] {
  return [
    `create table ${quoteRelation(table)} as\n${sql}`,
    ...packs.map((pack) => `create table ${quoteRelation(pack.table)} as\n${pack.sql}`),
  ];
}

/**
 * Every attribute of a slim version, by name, order and type as the contract has them. Packs have one row each, so the product
 * with them adds none, and a planner reads only the lists that are asked for.
 */
export function selectSlim(
  table: RelationId,
  { form, columns }: { readonly form: SlimForm; readonly columns: readonly MartColumn[] },
): string {
  const alias = new Map(form.packs.map((pack, at) => [pack.table, `p${at + 1}`]));
  const position = new Map(form.packs.map((pack) => [pack.table, pack.position]));
  const valueOf = (attribute: SlimAttribute): string => {
    switch (attribute.kind) {
      case 'stored':
        return `v.${quoteName(attribute.name)}`;
      case 'packed': {
        const at = `v.${quoteName(position.get(attribute.pack) ?? '')}`;
        return `${alias.get(attribute.pack) ?? ''}.${quoteName(attribute.name)}[${at}]`;
      }
      case 'tombstone':
        return `error(${quoteText(attribute.message)})`;
    }
  };
  const items = form.attributes.map((attribute, at) => {
    const type = columns[at]?.type ?? '';
    return `cast(${valueOf(attribute)} as ${type}) as ${quoteName(attribute.name)}`;
  });
  const sources = [
    `${quoteRelation(table)} as v`,
    ...form.packs.map((pack) => `${quoteRelation(pack.table)} as ${alias.get(pack.table) ?? ''}`),
  ];
  return `select ${items.join(',\n  ')}\nfrom ${sources.join(', ')}`;
}
