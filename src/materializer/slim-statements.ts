import type { NameWording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import type { SlimAttribute, SlimForm } from '../marts/slim-form.ts';

/**
 * Every attribute of a slim version, by name, order and type as the contract has them. Packs have one row each, so the product
 * with them adds none, and a planner reads only the lists that are asked for.
 */
export function selectSlim(
  form: SlimForm,
  { columns, names }: { readonly columns: readonly MartColumn[]; readonly names: NameWording },
): string {
  const alias = new Map(form.packs.map((pack, at) => [pack.table, `p${at + 1}`]));
  const position = new Map(form.packs.map((pack) => [pack.table, pack.position]));
  const valueOf = (attribute: SlimAttribute): string => {
    switch (attribute.kind) {
      case 'stored':
        return `v.${names.quote(attribute.name)}`;
      case 'packed': {
        const at = `v.${names.quote(position.get(attribute.pack) ?? '')}`;
        return `${alias.get(attribute.pack) ?? ''}.${names.quote(attribute.name)}[${at}]`;
      }
      case 'tombstone':
        return `error(${names.text(attribute.message)})`;
    }
  };
  const items = form.attributes.map((attribute, at) => {
    const type = columns[at]?.type ?? '';
    return `cast(${valueOf(attribute)} as ${type}) as ${names.quote(attribute.name)}`;
  });
  const sources = [
    `${names.relation(form.rows)} as v`,
    ...form.packs.map((pack) => `${names.relation(pack.table)} as ${alias.get(pack.table) ?? ''}`),
  ];
  return `select ${items.join(',\n  ')}\nfrom ${sources.join(', ')}`;
}
