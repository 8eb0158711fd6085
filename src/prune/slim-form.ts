import { namedAfter } from '../base/named-after.ts';
import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { SlimAttribute, SlimForm } from '../marts/slim-form.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { ColumnTypes } from '../sql/match/column-types.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printQuery } from '../sql/print/print-query.ts';
import { packAttributes } from './pack-attributes.ts';
import { sideAttributes } from './side-attributes.ts';
import { type RemovedJoin, slimQuery } from './slim-query.ts';

export interface SlimRequest {
  /** The version's table. */
  readonly table: RelationId;
  /** Answerable, but not stored a column each, as far as they can be packed. */
  readonly hidden: ReadonlySet<string>;
  /** No longer computed; the message is what a statement that names one gets. */
  readonly tombstones: ReadonlyMap<string, string>;
  readonly facts: Facts;
  readonly types: ColumnTypes;
  readonly dialect: DialectName;
  /** Where hidden attributes lie: by position in lists, or by key in tables beside the rows. */
  readonly hiding: 'packs' | 'side-tables';
  /** Rows a relation may have at most for its attributes to be packed. */
  readonly maxRows: number;
  readonly rowsOf: (relation: RelationId) => number | undefined;
}

export type SlimOutcome =
  | {
      readonly kind: 'slim';
      readonly form: SlimForm;
      readonly removed: readonly RemovedJoin[];
      /** Hidden attributes that stay stored, and why. */
      readonly unpackable: readonly { readonly name: string; readonly because: string }[];
    }
  | { readonly kind: 'refused'; readonly because: string };

/** How a version of the definition is stored when some of its attributes are hidden or tombstoned. */
export function slimForm(definition: NormalQuery, request: SlimRequest): SlimOutcome {
  const { tombstones } = request;
  const { query, form, away, added, unpackable } = putAway(definition, request);
  const stored = definition.outputs.filter((name) => !away.has(name) && !tombstones.has(name));
  if (stored.length === 0) {
    return { kind: 'refused', because: 'no attribute would be left to store' };
  }
  const keep = new Set([...stored, ...added]);
  const slim = slimQuery(query, { keep, facts: request.facts, types: request.types });
  const printed = printQuery(slim.query, request.dialect);
  if (printed.kind === 'unprintable') {
    return {
      kind: 'refused',
      because: `the slim definition cannot be written: ${printed.because}`,
    };
  }
  const attributes = definition.outputs.map((name): SlimAttribute => {
    const message = tombstones.get(name);
    return message === undefined
      ? (away.get(name) ?? { kind: 'stored', name })
      : { kind: 'tombstone', name, message };
  });
  return {
    kind: 'slim',
    form: { rows: namedAfter(request.table, '__rows'), sql: printed.sql, ...form, attributes },
    removed: slim.removed,
    unpackable,
  };
}

/** The definition with its hidden attributes put away from its rows. */
interface PutAway {
  readonly query: NormalQuery;
  readonly form: Pick<SlimForm, 'packs' | 'sides'>;
  readonly away: ReadonlyMap<string, SlimAttribute>;
  /** Outputs the rows need besides their attributes. */
  readonly added: readonly string[];
  readonly unpackable: readonly { readonly name: string; readonly because: string }[];
}

function putAway(definition: NormalQuery, request: SlimRequest): PutAway {
  if (request.hiding === 'packs') {
    const { query, packs, packOf, unpackable } = packAttributes(definition, request);
    const away = [...packOf].map(([name, pack]) => [name, { kind: 'packed', name, pack }] as const);
    const added = packs.map(({ position }) => position);
    return { query, form: { packs }, away: new Map(away), added, unpackable };
  }
  const gone = new Set(request.tombstones.keys());
  const { query, sides, besides, keys, unpackable } = sideAttributes(definition, {
    ...request,
    gone,
  });
  const away = [...besides].map(([name, { side, elseNullRow }]) => {
    const beside = { kind: 'beside', name, side } as const;
    return [name, elseNullRow ? { ...beside, elseNullRow } : beside] as const;
  });
  return { query, form: { packs: [], sides }, away: new Map(away), added: keys, unpackable };
}
