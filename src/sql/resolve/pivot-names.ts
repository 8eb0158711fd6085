import type { DialectName } from '../dialect.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Expr, FromItem, Ident, SelectItem } from '../ir.ts';
import { duckdbName } from './duckdb-name.ts';
import { exprText } from './expr-text.ts';

type PivotItem = Extract<FromItem, { readonly kind: 'pivot' }>;

/** A column a PIVOT makes, and which of its aggregates fills it. */
export interface PivotColumn {
  readonly name: Ident;
  readonly aggregate: number;
}

/** The columns a PIVOT makes, value by value: how a value and an aggregate make a name differs by warehouse. */
export function pivotColumns(item: PivotItem, dialect: DialectName): readonly PivotColumn[] {
  const { aggregates, makes } = item;
  const { pivotNames: rule, makesNames } = RESOLVE_RULES[dialect];
  const isPrinted = makesNames.kind === 'printed';
  return makes.flatMap((value, at) =>
    aggregates.map((aggregate, index) => {
      const shown = rule === 'quoted-value' && isText(item, at) ? `'${value.name}'` : value.name;
      const told = suffixOf(aggregate, { rule, isPrinted, isOnly: aggregates.length === 1 });
      const quoted = value.quoted || (aggregate.alias?.quoted ?? false);
      if (told === undefined) {
        return { name: { name: shown, quoted: value.quoted }, aggregate: index };
      }
      const name = rule === 'aggregate-first' ? `${told}_${shown}` : `${shown}_${told}`;
      return { name: { name, quoted }, aggregate: index };
    }),
  );
}

/** What an aggregate adds to the value's name; nothing where the value alone is the name. */
function suffixOf(
  { expr, alias }: SelectItem,
  {
    rule,
    isPrinted,
    isOnly,
  }: { readonly rule: PivotNaming; readonly isPrinted: boolean; readonly isOnly: boolean },
): string | undefined {
  if (
    isOnly &&
    (alias === undefined || rule === 'value-alone-if-only' || rule === 'quoted-value')
  ) {
    return undefined;
  }
  if (alias !== undefined || rule === 'aggregate-first') {
    return alias?.name;
  }
  return isPrinted ? duckdbName(expr) : exprText(expr, false);
}

type PivotNaming = (typeof RESOLVE_RULES)[DialectName]['pivotNames'];

/** Whether a value stands there as a string without an alias; one that was taken out is a parameter. */
function isText({ columns, makes }: PivotItem, at: number): boolean {
  const name = makes[at];
  const list: Expr | undefined = columns.find(({ kind }) => kind === 'in-list');
  const value = list?.kind === 'in-list' ? list.list[at] : undefined;
  return (
    name?.quoted === true &&
    (value?.kind === 'parameter' || (value?.kind === 'literal' && value.text === name.name))
  );
}
