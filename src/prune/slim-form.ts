import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { SlimAttribute, SlimForm } from '../marts/slim-form.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { ColumnTypes } from '../sql/match/column-types.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { printQuery } from '../sql/print/print-query.ts';
import { packAttributes } from './pack-attributes.ts';
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
  const { query, packs, packOf, unpackable } = packAttributes(definition, request);
  const stored = definition.outputs.filter((name) => !packOf.has(name) && !tombstones.has(name));
  if (stored.length === 0) {
    return { kind: 'refused', because: 'no attribute would be left to store' };
  }
  const keep = new Set([...stored, ...packs.map(({ position }) => position)]);
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
    if (message !== undefined) {
      return { kind: 'tombstone', name, message };
    }
    const pack = packOf.get(name);
    return pack === undefined ? { kind: 'stored', name } : { kind: 'packed', name, pack };
  });
  return {
    kind: 'slim',
    form: { rows: rowsTable(request.table), sql: printed.sql, packs, attributes },
    removed: slim.removed,
    unpackable,
  };
}

function rowsTable(table: RelationId): RelationId {
  const parts = relationParts(table);
  return relationId({ ...parts, name: `${parts.name}__rows` });
}
