import type { BoundExpr } from '../bound.ts';
import type { NameRules } from '../dialect.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Ident, Path } from '../ir.ts';
import { type Binder, opaque } from './binder.ts';
import { isNiladic, isPseudoColumn } from './dialect-rules.ts';
import { findNamed, sameLetters } from './names.ts';
import {
  hiddenKey,
  nothingVisible,
  type Scope,
  type Source,
  type Visible,
  visibleOf,
} from './scope.ts';
import { noteUse, sourceCalled } from './source-called.ts';

type Finding = BoundExpr | 'ambiguous' | undefined;

/**
 * Resolves a dotted name: a column, a qualified column, fields of either. Inner scopes win over outer ones.
 * What cannot be told for certain comes back opaque with the reason noted; it is never guessed.
 */
export function findColumn(binder: Binder, path: Path, scope: Scope): BoundExpr {
  const [first] = path;
  if (first === undefined) {
    return opaque(binder, 'empty name');
  }
  if (scope.lambda?.some((parameter) => sameLetters(parameter.name, first.name))) {
    return { kind: 'column', path };
  }
  const found = path.length === 1 ? bare(binder, first, scope) : dotted(binder, path, scope);
  if (found === 'ambiguous') {
    return opaque(binder, 'ambiguous column');
  }
  return found ?? notFound(binder, path, scope);
}

function notFound(binder: Binder, path: Path, scope: Scope): BoundExpr {
  const [first] = path;
  if (first !== undefined && path.length === 1) {
    if (!first.quoted && isNiladic(first.name)) {
      return niladic(first.name);
    }
    const row = sourceCalled([first], { scope, rules: binder.context.dialect.names });
    if (row !== undefined && row !== 'ambiguous') {
      return opaque(
        binder,
        'whole row as a value',
        row.columns.map((column) => column.expr),
      );
    }
    if (isPseudoColumn(first.name)) {
      return opaque(binder, 'pseudo column');
    }
  }
  return opaque(binder, 'column not found');
}

function niladic(name: string): BoundExpr {
  return {
    kind: 'call',
    name: name.toLowerCase(),
    args: [],
    distinct: false,
    orderBy: [],
    modifiers: ['no parentheses'],
  };
}

/** The column of a source's row, unless a column has the name that the source has. */
export function columnOfRow(
  binder: Binder,
  { row, field }: { readonly row: Path; readonly field: string },
  scope: Scope,
): BoundExpr | undefined {
  const rules = binder.context.dialect.names;
  const source = sourceCalled(row, { scope, rules });
  const [name] = row;
  if (source === undefined || source === 'ambiguous' || name === undefined) {
    return undefined;
  }
  const isColumn = knownIn(binder, name, scope.visible ?? nothingVisible) !== undefined;
  const found = columnOf({ name: field, quoted: false }, { source, rules });
  return isColumn || found === 'ambiguous' ? undefined : found?.expr;
}

/** A name without a qualifier. */
function bare(binder: Binder, name: Ident, scope: Scope): Finding {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = bareAt(binder, name, at);
    if (found !== undefined) {
      noteUse(at);
      return found;
    }
  }
  return undefined;
}

function bareAt(binder: Binder, name: Ident, scope: Scope): Finding {
  const alias = scope.aliases?.find(name);
  if (alias !== undefined && scope.aliases?.wins === 'alias') {
    return alias;
  }
  const known = scope.visible === undefined ? undefined : knownIn(binder, name, scope.visible);
  if (known !== undefined) {
    return known;
  }
  if (alias !== undefined && scope.aliases?.wins === 'over-unknown') {
    return alias;
  }
  return (
    (scope.visible &&
      (positional(binder, name, scope.visible) ?? admittedBy(binder, name, scope))) ??
    alias
  );
}

/** Snowflake's `$2`: the second column, where all are known. */
function positional(binder: Binder, name: Ident, visible: Visible): BoundExpr | undefined {
  const place = /^\$([1-9][0-9]*)$/.exec(name.name)?.[1];
  if (place === undefined || !RESOLVE_RULES[binder.context.dialect.name].columnsByPlace) {
    return undefined;
  }
  const star = visible.stars()[Number(place) - 1];
  const isOpen = visible.stars().some(({ kind }) => kind === 'open');
  return star?.kind === 'column' && !isOpen ? star.column.expr : undefined;
}

/** Among the columns that are known, merged ones first. */
export function knownIn(binder: Binder, name: Ident, visible: Visible): Finding {
  const rules = binder.context.dialect.names;
  const merged = findNamed(name, { among: visible.merged, rules });
  if (merged !== undefined) {
    return merged === 'ambiguous' ? merged : merged.expr;
  }
  const hits: BoundExpr[] = [];
  for (const source of visible.sources) {
    const column = columnOf(name, { source, rules });
    if (column === 'ambiguous') {
      return column;
    }
    if (column !== undefined && !visible.hidden.has(hiddenKey(source.occ, column.name))) {
      hits.push(column.expr);
    }
  }
  return hits.length > 1 ? 'ambiguous' : hits[0];
}

function columnOf(
  name: Ident,
  { source, rules }: { readonly source: Source; readonly rules: NameRules },
) {
  if (source.doubled?.has(name.name.toLowerCase())) {
    return 'ambiguous';
  }
  return findNamed(name, { among: source.columns, rules });
}

/** By the one source whose columns are not known, unless an outer source is known to have the name. */
function admittedBy(binder: Binder, name: Ident, scope: Scope): Finding {
  const { visible } = scope;
  const isAnyOpen = visible?.sources.some((source) => source.admit !== undefined) ?? false;
  if (visible === undefined || !isAnyOpen || isWordNotColumn(name)) {
    return undefined;
  }
  if (isKnownOutside(binder, name, scope.parent)) {
    return 'ambiguous';
  }
  return soleAdmitting(visible)?.admit?.(name)?.expr ?? 'ambiguous';
}

/** The one source that may own a name nobody is known to have. */
export function soleAdmitting({ sources }: Visible): Source | undefined {
  const open = sources.filter((source) => source.admit !== undefined);
  return open.length === 1 ? open[0] : undefined;
}

function isWordNotColumn(name: Ident): boolean {
  return !name.quoted && isNiladic(name.name);
}

function isKnownOutside(binder: Binder, name: Ident, outer: Scope | undefined): boolean {
  for (let at = outer; at !== undefined; at = at.parent) {
    for (const source of at.unsaid !== undefined ? [] : (at.visible?.sources ?? [])) {
      const column = findNamed(name, {
        among: source.columns,
        rules: binder.context.dialect.names,
      });
      if (column === 'ambiguous' || (column !== undefined && column.admitted === undefined)) {
        return true;
      }
    }
  }
  return false;
}

/** A name with dots: the longest part that names a source is the qualifier; else it is a column with fields. */
function dotted(binder: Binder, path: Path, scope: Scope): Finding {
  const rules = binder.context.dialect.names;
  for (let length = path.length - 1; length >= 1; length -= 1) {
    const source = sourceCalled(path.slice(0, length), { scope, rules });
    if (source === 'ambiguous') {
      return source;
    }
    if (source !== undefined) {
      const found = ofSource(binder, path.slice(length), source);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return withFields(binder, path, (name) => columnWithFields(binder, name, scope));
}

/** Without dotted fields in the dialect, only a column that is known can have them. */
function columnWithFields(binder: Binder, name: Ident, scope: Scope): Finding {
  if (RESOLVE_RULES[binder.context.dialect.name].dotsAreFields) {
    return bare(binder, name, scope);
  }
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.visible === undefined ? undefined : knownIn(binder, name, at.visible);
    if (found !== undefined) {
      noteUse(at);
      return found;
    }
  }
  return undefined;
}

function ofSource(binder: Binder, path: Path, source: Source): Finding {
  const rules = binder.context.dialect.names;
  const [first] = path;
  return (
    withFields(binder, path, (name) => {
      const column = columnOf(name, { source, rules });
      return column === 'ambiguous' ? column : column?.expr;
    }) ??
    (first && path.length === 1 ? positional(binder, first, visibleOf(source)) : undefined) ??
    withFields(binder, path.slice(0, 1), (name) =>
      fieldsAfter(binder, source.admit?.(name)?.expr, path),
    )
  );
}

function fieldsAfter(
  binder: Binder,
  expr: BoundExpr | undefined,
  path: Path,
): BoundExpr | undefined {
  return expr === undefined ? undefined : access(binder, expr, path.slice(1));
}

/** The longest prefix that `find` knows as one name (catalogs list struct leaves as `a.b.c`); the rest are fields. */
function withFields(binder: Binder, path: Path, find: (name: Ident) => Finding): Finding {
  for (let length = path.length; length >= 1; length -= 1) {
    const name = joined(path.slice(0, length));
    if (length > 1 && !knowsDottedColumns(binder)) {
      continue;
    }
    const found = find(name);
    if (found === 'ambiguous') {
      return found;
    }
    if (found !== undefined) {
      return access(binder, found, path.slice(length));
    }
  }
  return undefined;
}

function knowsDottedColumns(binder: Binder): boolean {
  return binder.context.schema.hasDottedColumns;
}

function joined(path: Path): Ident {
  const [first] = path;
  return path.length === 1 && first !== undefined
    ? first
    : { name: path.map((part) => part.name).join('.'), quoted: path.some((part) => part.quoted) };
}

function access({ marks }: Binder, base: BoundExpr, fields: Path): BoundExpr {
  if (fields.length === 0) {
    return base;
  }
  const steps = fields.map(({ name }) => ({ kind: 'field', name }) as const);
  const field: BoundExpr = { kind: 'access', base, steps };
  marks.dotted.add(field);
  return field;
}
