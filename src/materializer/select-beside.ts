import type { LookupWording } from '../connectors/lookup-wording.ts';
import type { NameWording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import type { SideTable, SlimAttribute, SlimForm } from '../marts/slim-form.ts';

interface BesideView {
  readonly columns: readonly MartColumn[];
  readonly names: NameWording;
  readonly lookups: LookupWording;
  /** A condition on the rows. */
  readonly gate?: string | undefined;
}

/**
 * What a slim version over side tables selects. Stored attributes and looked-up ones have the definition's own types: they are what it
 * selects, stored. Whoever selects no attribute of a side table reads nothing of it.
 */
export function selectBeside(form: SlimForm, view: BesideView): string {
  const { names, lookups } = view;
  const sides = form.sides ?? [];
  const items = form.attributes.map((attribute, at) => {
    const value = valueOf(attribute, { at, form, sides, ...view });
    return `${value} as ${names.quote(attribute.name)}`;
  });
  const joins = sides.flatMap((side, at) =>
    lookups.unique === undefined || !isAsked(form, side)
      ? []
      : [
          `left join ${names.relation(side.table)} as s${at + 1} on ${pinned(side, { alias: `s${at + 1}`, names })}`,
        ],
  );
  const table = names.relation(form.rows);
  const rows = view.gate === undefined ? table : `(select * from ${table}\nwhere ${view.gate})`;
  return `select ${items.join(',\n  ')}\nfrom ${[`${rows} as v`, ...joins].join('\n')}`;
}

function isAsked({ attributes }: SlimForm, { table }: SideTable): boolean {
  return attributes.some((attribute) => attribute.kind === 'beside' && attribute.side === table);
}

function pinned(
  { keys }: SideTable,
  { alias, names }: { readonly alias: string; readonly names: NameWording },
): string {
  return keys.map((key) => `${alias}.${names.quote(key)} = v.${names.quote(key)}`).join(' and ');
}

function valueOf(
  attribute: SlimAttribute,
  {
    at,
    form,
    sides,
    columns,
    names,
    lookups,
  }: BesideView & {
    readonly at: number;
    readonly form: SlimForm;
    readonly sides: readonly SideTable[];
  },
): string {
  const name = names.quote(attribute.name);
  switch (attribute.kind) {
    case 'stored':
      return `v.${name}`;
    case 'packed':
      throw new TypeError(`${attribute.name} lies in a list, and here what is hidden is looked up`);
    case 'tombstone': {
      const [kept] = form.attributes.filter(({ kind }) => kind === 'stored');
      const of = `v.${names.quote(kept?.name ?? '')}`;
      return lookups.raises(attribute.message, { type: columns[at]?.type ?? '', of });
    }
    case 'beside': {
      const number = sides.findIndex(({ table }) => table === attribute.side);
      const side = sides[number];
      if (side === undefined) {
        throw new TypeError(`the form has no side table for ${attribute.name}`);
      }
      const elseNullRow = attribute.elseNullRow === true;
      return lookUp(name, { side, alias: `s${number + 1}`, elseNullRow, names, lookups });
    }
  }
}

function lookUp(
  name: string,
  {
    side,
    alias,
    elseNullRow,
    names,
    lookups,
  }: {
    readonly side: SideTable;
    readonly alias: string;
    readonly elseNullRow: boolean;
  } & Pick<BesideView, 'names' | 'lookups'>,
): string {
  const [key = ''] = side.keys.map((each) => names.quote(each));
  const table = names.relation(side.table);
  const isJoined = lookups.unique !== undefined;
  const found = (what: string) =>
    `(select ${what} from ${table} as ${alias} where ${pinned(side, { alias, names })})`;
  const value = isJoined ? `${alias}.${name}` : found(lookups.onlyValue(`${alias}.${name}`));
  if (!elseNullRow) {
    return value;
  }
  const isMissing = isJoined ? `${alias}.${key} is null` : `${found('count(*)')} = 0`;
  const ofNulls = `(select ${lookups.onlyValue(`n.${name}`)} from ${table} as n where n.${key} is null)`;
  return `case when ${isMissing} then ${ofNulls} else ${value} end`;
}
