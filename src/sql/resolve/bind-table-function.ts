import type { BoundExpr } from '../bound.ts';
import { RESOLVE_RULES, type ResolveRules } from '../dialects/resolving.ts';
import type { FromItem, Ident } from '../ir.ts';
import type { Binder, FromResult } from './binder.ts';
import { foldIdent } from './names.ts';
import { type FromScope, type SourceColumn, visibleOf } from './scope.ts';

type FunctionItem = Extract<FromItem, { readonly kind: 'function' }>;

/** A function in FROM: its arguments see the sources before it; its columns are made, not stored. */
export function bindFunction(binder: Binder, item: FunctionItem, scope: FromScope): FromResult {
  const { dialect } = binder.context;
  const rules = RESOLVE_RULES[dialect.name];
  const occ = binder.nextOcc();
  const args = item.args.map((arg) => binder.bindExpr(binder, arg, scope.siblings));
  const made = columnsOf(item, rules);
  const named = item.columnAliases.map((alias) => foldIdent(alias, dialect.names));
  const names = [...named, ...made.names.slice(named.length)];
  if (item.ordinality !== undefined && named.length <= made.names.length) {
    names.push(item.ordinality === true ? rules.ordinality : item.ordinality.name);
  }
  const columns = names.map((name) => columnNamed(name, occ));
  const isOpen = made.isOpen && (named.length === 0 || rules.unnestShowsFields);
  return {
    from: { kind: 'function', occ, name: item.name, args, columns: names },
    visible: visibleOf({
      occ,
      calledAs: [item.alias ?? { name: item.name, quoted: false }],
      columns,
      ...(isOpen
        ? {
            admit(name: Ident) {
              const column = foldIdent(name, dialect.names);
              const taken: SourceColumn = { ...columnNamed(column, occ), admitted: true };
              names.push(column);
              columns.push(taken);
              return taken;
            },
          }
        : {}),
    }),
  };
}

function columnNamed(column: string, occ: number): SourceColumn {
  const expr: BoundExpr = { kind: 'ref', occ, column };
  return { name: column, expr };
}

/** The columns a function makes; open where its argument's type, which we do not know, decides. */
function columnsOf(
  { name, alias }: FunctionItem,
  rules: ResolveRules,
): { readonly names: readonly string[]; readonly isOpen: boolean } {
  switch (name) {
    case 'flatten': {
      const names = ['seq', 'key', 'path', 'index', 'value', 'this'];
      return { names: names.map((column) => column.toUpperCase()), isOpen: false };
    }
    case 'explode':
    case 'explode_outer':
      return { names: ['col'], isOpen: true };
    case 'posexplode':
    case 'posexplode_outer':
      return { names: ['pos', 'col'], isOpen: true };
    case 'range':
      return { names: [rules.rangeColumn ?? oneColumn(name, { alias, rules })], isOpen: false };
    case 'unnest':
    case 'generate_series':
    case 'generate_subscripts':
    case 'regexp_split_to_table':
    case 'string_to_table':
      return { names: [oneColumn(name, { alias, rules })], isOpen: name === 'unnest' };
    default:
      return { names: [], isOpen: true };
  }
}

/** PostgreSQL and BigQuery call the one column after the alias, DuckDB after the function. */
function oneColumn(
  name: string,
  { alias, rules }: { readonly alias: Ident | undefined; readonly rules: ResolveRules },
): string {
  return rules.functionColumn === 'function' || alias === undefined ? name : alias.name;
}
