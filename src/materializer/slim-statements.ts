import type { MartColumn } from '../marts/mart.ts';
import type { SlimAttribute, SlimForm } from '../marts/slim-form.ts';
import { quoteName, quoteRelation, quoteText } from '../prove/quote.ts';

/**
 * Every attribute of a slim version, by name, order and type as the contract has them. Packs have one row each, so the product
 * with them adds none, and a planner reads only the lists that are asked for.
 */
export function selectSlim(form: SlimForm, columns: readonly MartColumn[]): string {
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
    `${quoteRelation(form.rows)} as v`,
    ...form.packs.map((pack) => `${quoteRelation(pack.table)} as ${alias.get(pack.table) ?? ''}`),
  ];
  return `select ${items.join(',\n  ')}\nfrom ${sources.join(', ')}`;
}
