import type { BoundExpr, BoundItem } from '../bound.ts';
import type { Expr, Ident } from '../ir.ts';
import { type Binder, opaque } from './binder.ts';
import { findColumn } from './find-column.ts';
import { findNamed, foldIdent, sameLetters } from './names.ts';
import { type Scope, type Source, type SourceColumn, type Star, starsOf } from './scope.ts';
import { sourceCalled } from './source-called.ts';

type StarExpr = Extract<Expr, { readonly kind: 'star' }>;

export interface Expansion {
  readonly items: readonly BoundItem[];
  /** Present where the star stands over a source whose columns are not all known. */
  readonly admit?: (name: Ident) => BoundItem | undefined;
}

/** The columns a star of the select list stands for, with its EXCEPT, REPLACE and RENAME. */
export function expandStar(binder: Binder, star: StarExpr, scope: Scope): Expansion {
  const stars = starsFor(binder, star, scope);
  if (stars === undefined) {
    return expandValue(binder, star, scope);
  }
  const items: BoundItem[] = [];
  const opens: Source[] = [];
  for (const each of stars) {
    if (each.kind === 'open') {
      opens.push(each.source);
      items.push(unknownStar(binder, each.source));
    } else {
      items.push(...columnItem(binder, each.column, { star, scope }));
    }
  }
  if (opens.length === 0) {
    return { items };
  }
  const known = (name: Ident) => items.some((item) => sameLetters(item.name, name.name));
  for (const item of replacedUnknown(binder, star, scope)) {
    if (!known({ name: item.name, quoted: true })) {
      items.push(item);
    }
  }
  return { items, admit: (name) => admitThrough(binder, name, { star, opens }) };
}

/** `struct_column.*`: its fields, of which we know those that are named. */
function expandValue(binder: Binder, star: StarExpr, scope: Scope): Expansion {
  const base = findColumn(binder, star.qualifier ?? [], scope);
  const fields = fieldsOf(base, scope);
  if (fields.length > 0) {
    return { items: fields.flatMap((field) => columnItem(binder, field, { star, scope })) };
  }
  const expr = opaque(binder, 'star of a value', [base]);
  return {
    items: [{ name: '*', expr, fromStar: true }],
    admit({ name }) {
      const isLeftOut = star.except.some((left) => sameLetters(left.name, name));
      const field: BoundExpr = { kind: 'access', base, steps: [{ kind: 'field', name }] };
      return isLeftOut ? undefined : { name, expr: field, fromStar: true };
    },
  };
}

/** The fields of a nested column whose leaves the catalog lists as columns: `a.b`, `a.c.d`. */
function fieldsOf(base: BoundExpr, { visible }: Scope): readonly SourceColumn[] {
  const source =
    base.kind === 'ref' ? visible?.sources.find(({ occ }) => occ === base.occ) : undefined;
  if (base.kind !== 'ref' || source === undefined) {
    return [];
  }
  const fields = new Map<string, SourceColumn>();
  const prefix = `${base.column}.`;
  for (const { name, expr } of source.columns.filter((column) => column.name.startsWith(prefix))) {
    const [field = '', ...more] = name.slice(prefix.length).split('.');
    const inner: BoundExpr =
      more.length === 0 ? expr : { kind: 'access', base, steps: [{ kind: 'field', name: field }] };
    fields.set(field, fields.get(field) ?? { name: field, expr: inner });
  }
  return [...fields.values()];
}

function starsFor(binder: Binder, star: StarExpr, scope: Scope): readonly Star[] | undefined {
  if (star.qualifier === undefined) {
    return scope.visible?.stars() ?? [];
  }
  const rules = binder.context.dialect.names;
  const source = sourceCalled(star.qualifier, { scope, rules });
  return source === undefined || source === 'ambiguous' ? undefined : starsOf(source);
}

function unknownStar(binder: Binder, source: Source): BoundItem {
  const all: BoundExpr = { kind: 'ref', occ: source.occ, column: '*' };
  return { name: '*', expr: opaque(binder, 'star of unknown columns', [all]), fromStar: true };
}

function columnItem(
  binder: Binder,
  column: { readonly name: string; readonly expr: BoundExpr },
  { star, scope }: { readonly star: StarExpr; readonly scope: Scope },
): readonly BoundItem[] {
  const rules = binder.context.dialect.names;
  const among = [column];
  if (
    star.except.some((name) => findNamed(name, { among, rules }) !== undefined) ||
    !isLike(column.name, star.ilike)
  ) {
    return [];
  }
  const replaced = star.replace.find(
    ({ alias }) => alias !== undefined && findNamed(alias, { among, rules }) !== undefined,
  );
  if (replaced !== undefined) {
    const expr = binder.bindExpr(binder, replaced.expr, scope);
    return [{ name: column.name, expr, fromStar: false }];
  }
  const renamed = star.rename.find(({ from }) => findNamed(from, { among, rules }) !== undefined);
  const name = renamed === undefined ? column.name : foldIdent(renamed.to, rules);
  return [{ name, expr: column.expr, fromStar: true }];
}

/** ILIKE: `%` is any text, `_` any letter. */
function isLike(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) {
    return true;
  }
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'is').test(name);
}

/** REPLACE and RENAME tell columns of an unknown source. */
function replacedUnknown(binder: Binder, star: StarExpr, scope: Scope): readonly BoundItem[] {
  const rules = binder.context.dialect.names;
  return [
    ...star.replace.map(({ expr, alias }) => ({
      name: alias === undefined ? '*' : foldIdent(alias, rules),
      expr: binder.bindExpr(binder, expr, scope),
      fromStar: false,
    })),
    ...star.rename.map(({ from, to }) => ({
      name: foldIdent(to, rules),
      expr: findColumn(binder, [from], scope),
      fromStar: false,
    })),
  ];
}

function admitThrough(
  binder: Binder,
  name: Ident,
  { star, opens }: { readonly star: StarExpr; readonly opens: readonly Source[] },
): BoundItem | undefined {
  const [source, another] = opens;
  const isLeftOut = [...star.except, ...star.rename.map(({ from }) => from)].some((left) =>
    sameLetters(left.name, name.name),
  );
  if (
    source === undefined ||
    another !== undefined ||
    isLeftOut ||
    !isLike(name.name, star.ilike)
  ) {
    return undefined;
  }
  const rules = binder.context.dialect.names;
  const known = findNamed(name, { among: source.columns, rules });
  const column = known === undefined || known === 'ambiguous' ? source.admit?.(name) : known;
  return column && { name: column.name, expr: column.expr, fromStar: true };
}
