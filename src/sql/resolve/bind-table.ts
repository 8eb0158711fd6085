import { type RelationId, relationParts } from '../../base/relation.ts';
import type { BoundFrom } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { FromItem, Ident, Path } from '../ir.ts';
import type { SchemaRelation } from '../schema.ts';
import { bindDerived } from './bind-derived.ts';
import { bindFunction } from './bind-table-function.ts';
import { type Binder, bindDefinition, type FromResult, noteRelation } from './binder.ts';
import { cteCalled, definitionScope, recursiveFrom } from './ctes.ts';
import { findNamed, foldIdent, sameLetters, shareIndex } from './names.ts';
import { type CteEntry, type FromScope, type SourceColumn, visibleOf } from './scope.ts';
import { sourceCalled } from './source-called.ts';

type TableItem = Extract<FromItem, { readonly kind: 'table' }>;

/** Views inside views are expanded this deep; beyond, the statement is only partly understood. */
const DEEPEST_VIEW = 16;

/** A name in FROM: a CTE, an array of a source before it (BigQuery), a view to expand, or a table. */
export function bindTable(binder: Binder, item: TableItem, scope: FromScope): FromResult {
  const [first] = item.path;
  if (first !== undefined && item.path.length === 1) {
    const entry = cteCalled(binder, { name: first, scope: scope.outer });
    if (entry !== undefined) {
      return bindCte(binder, entry, item);
    }
  }
  if (isArrayOfSibling(binder, item, scope)) {
    return bindFunction(binder, unnestOf(item), scope);
  }
  const { schema, names } = binder.context;
  const found = schema.findRelation(item.path, names);
  if (found.kind === 'found') {
    return bindKnown(binder, found.relation, wholeOrPart(found.relation, item));
  }
  if (found.kind === 'ambiguous') {
    binder.notes.add('ambiguous relation');
  }
  return bindUnknown(binder, found.id, item);
}

/** A partition or a date shard of what the catalog lists is not the whole of it. */
function wholeOrPart({ id }: SchemaRelation, item: TableItem): TableItem {
  const isWhole = sameLetters(relationParts(id).name, item.path.at(-1)?.name ?? '');
  return isWhole ? item : { ...item, modifiers: [...item.modifiers, 'partition or shard'] };
}

function bindCte(binder: Binder, entry: CteEntry, item: TableItem): FromResult {
  const { cte } = entry;
  const calledAs = calledAsOf(item);
  if (entry.open !== undefined) {
    const from = recursiveFrom(binder, entry);
    return { from, visible: visibleOf(sourceOver(binder, from, { calledAs, item })) };
  }
  entry.used = true;
  const result = bindDefinition(binder, cte.query, () =>
    binder.bindQuery(binder, cte.query, definitionScope(binder, entry)),
  );
  return bindDerived(binder, result, {
    origin: 'cte',
    name: foldIdent(cte.name, binder.context.dialect.names),
    lateral: false,
    calledAs,
    columnAliases: [...item.columnAliases, ...cte.columns.slice(item.columnAliases.length)],
  });
}

function calledAsOf({ alias, path }: TableItem): Path {
  return alias === undefined ? path : [alias];
}

function sourceOver(
  binder: Binder,
  from: Extract<BoundFrom, { readonly columns: readonly string[] }>,
  { calledAs, item }: { readonly calledAs: Path; readonly item: TableItem },
) {
  const columns = from.columns.map((column, at): SourceColumn => {
    const alias = item.columnAliases[at];
    const name = alias === undefined ? column : foldIdent(alias, binder.context.dialect.names);
    return { name, expr: { kind: 'ref', occ: from.occ, column } };
  });
  return { occ: from.occ, calledAs, columns };
}

/** BigQuery's `from t, t.items`: the first part names a source before it, and no relation has the name. */
function isArrayOfSibling(binder: Binder, item: TableItem, scope: FromScope): boolean {
  const [first] = item.path;
  if (
    !RESOLVE_RULES[binder.context.dialect.name].readsArraysOfSiblings ||
    first === undefined ||
    item.path.length < 2
  ) {
    return false;
  }
  const rules = binder.context.dialect.names;
  return sourceCalled([first], { scope: scope.siblings, rules }) !== undefined;
}

function unnestOf(item: TableItem): Extract<FromItem, { readonly kind: 'function' }> {
  const alias = item.alias ?? item.path.at(-1);
  return {
    kind: 'function',
    name: 'unnest',
    args: [{ kind: 'column', path: item.path }],
    ...(alias === undefined ? {} : { alias }),
    columnAliases: item.columnAliases,
  };
}

function bindKnown(binder: Binder, relation: SchemaRelation, item: TableItem): FromResult {
  const isView = relation.kind === 'view' && relation.definition !== undefined;
  if (relation.columns.length === 0 && !isView) {
    return bindUnknown(binder, relation.id, item);
  }
  noteRelation(binder, relation.id, true);
  if (isView) {
    return bindView(binder, relation, item);
  }
  const rules = binder.context.dialect.names;
  const occ = binder.nextOcc();
  const columns = relation.columns.map(({ name }, at): SourceColumn => {
    const alias = item.columnAliases[at];
    return {
      name: alias === undefined ? name : foldIdent(alias, rules),
      expr: { kind: 'ref', occ, column: name },
    };
  });
  if (item.columnAliases.length === 0) {
    shareIndex(columns, { like: relation.columns });
  }
  return {
    from: { kind: 'table', occ, relation: relation.id, modifiers: item.modifiers, known: true },
    visible: visibleOf({ occ, calledAs: calledAsOf(item), columns }),
  };
}

function bindView(binder: Binder, view: SchemaRelation, item: TableItem): FromResult {
  const because = viewRefusal(binder, view, item);
  const { definition } = view;
  if (because !== undefined || definition === undefined) {
    return opaqueView(binder, view, { item, because: because ?? 'view without definition' });
  }
  const inside = insideView(binder, view.id);
  const result = bindDefinition(binder, definition, () =>
    inside.bindQuery(inside, definition, { ctes: [] }),
  );
  if (result.query.outputs.length !== view.columns.length && view.columns.length > 0) {
    return opaqueView(binder, view, { item, because: 'view definition does not fit its columns' });
  }
  return bindDerived(binder, result, {
    origin: 'view',
    name: view.id,
    lateral: false,
    calledAs: calledAsOf(item),
    columnAliases: item.columnAliases,
    columns: view.columns.map(({ name }) => name),
  });
}

function viewRefusal(binder: Binder, view: SchemaRelation, item: TableItem): string | undefined {
  if (binder.openViews.includes(view.id)) {
    return 'view that reads itself';
  }
  if (binder.openViews.length >= DEEPEST_VIEW) {
    return 'views nested too deep';
  }
  return item.modifiers.length > 0 ? 'view read with modifiers' : undefined;
}

/** A view's names are completed by its own schema, and nothing outside is in its sight. */
function insideView(binder: Binder, view: RelationId): Binder {
  const { names } = binder.context;
  const own = relationParts(view);
  return {
    ...binder,
    openViews: [...binder.openViews, view],
    context: {
      ...binder.context,
      names: {
        ...names,
        database: own.database ?? names.database,
        schema: own.schema ?? names.schema,
      },
    },
  };
}

function opaqueView(
  binder: Binder,
  view: SchemaRelation,
  { item, because }: { readonly item: TableItem; readonly because: string },
): FromResult {
  binder.notes.add(because);
  const occ = binder.nextOcc();
  const from = {
    kind: 'opaque-from',
    occ,
    because,
    sources: [
      {
        kind: 'table',
        occ: binder.nextOcc(),
        relation: view.id,
        modifiers: item.modifiers,
        known: true,
      },
    ],
    inside: [],
    columns: view.columns.map(({ name }) => name),
  } as const satisfies BoundFrom;
  return {
    from,
    visible: visibleOf(sourceOver(binder, from, { calledAs: calledAsOf(item), item })),
  };
}

/** A relation nobody knows, or whose columns nobody knows, has the columns the statement names, in one spelling per statement. */
function bindUnknown(binder: Binder, relation: RelationId, item: TableItem): FromResult {
  noteRelation(binder, relation, false);
  const occ = binder.nextOcc();
  const rules = binder.context.dialect.names;
  const spellings = binder.unknownColumns.get(relation) ?? [];
  binder.unknownColumns.set(relation, spellings);
  const columns: SourceColumn[] = item.columnAliases.map((alias) => ({
    name: foldIdent(alias, rules),
    expr: { kind: 'opaque', because: 'renamed column of an unknown relation', inside: [] },
  }));
  return {
    from: { kind: 'table', occ, relation, modifiers: item.modifiers, known: false },
    visible: visibleOf({
      occ,
      calledAs: calledAsOf(item),
      columns,
      admit(name: Ident) {
        const before = findNamed(name, { among: spellings, rules });
        const column =
          before === undefined || before === 'ambiguous' ? foldIdent(name, rules) : before.name;
        const taken: SourceColumn = {
          name: column,
          expr: { kind: 'ref', occ, column },
          admitted: true,
        };
        if (before === undefined) {
          spellings.push(taken);
        }
        columns.push(taken);
        return taken;
      },
    }),
  };
}
