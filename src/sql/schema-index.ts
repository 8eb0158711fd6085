import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { Dialect, NameRules } from './dialect.ts';
import { RESOLVE_RULES } from './dialects/resolving.ts';
import type { Ident, Path } from './ir.ts';
import { foldIdent, sameLetters } from './resolve/names.ts';
import type { NameContext, SchemaFunction, SchemaRelation, SchemaSnapshot } from './schema.ts';
import { isShardOf, shardFamilyOf } from './shard-names.ts';

/** What a dotted name stands for. `missing` and `ambiguous` carry the id it would have. */
export type FoundRelation =
  | { readonly kind: 'found'; readonly relation: SchemaRelation }
  | { readonly kind: 'missing'; readonly id: RelationId }
  | { readonly kind: 'ambiguous'; readonly id: RelationId };

/** A schema snapshot, ready to be asked by name. */
export interface SchemaIndex {
  readonly snapshot: SchemaSnapshot;
  readonly findRelation: (path: Path, names: NameContext) => FoundRelation;
  readonly relationOf: (id: RelationId) => SchemaRelation | undefined;
  /** By its name in lower case. */
  readonly functionNamed: (name: string) => SchemaFunction | undefined;
  /** Whether some column is named like a path (`a.b.c`), as catalogs of nested types list struct leaves. */
  readonly hasDottedColumns: boolean;
}

interface Entry {
  readonly relation: SchemaRelation;
  /** Outermost first; one to three. */
  readonly parts: readonly string[];
}

/**
 * Indexes a snapshot for one dialect's case rules. An unqualified name is looked for in the current schema,
 * then the search path, then the dialect's default schema; where none of these is told, a unique name will do.
 */
export function indexSchema(snapshot: SchemaSnapshot, dialect: Dialect): SchemaIndex {
  const byName = new Map<string, Entry[]>();
  const byId = new Map<RelationId, SchemaRelation>();
  for (const relation of snapshot.relations) {
    const parts = fullParts(relation.id, snapshot.ownDatabase);
    const key = (parts.at(-1) ?? '').toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), { relation, parts }]);
    byId.set(relation.id, relation);
  }

  function chosen(path: Path, names: NameContext) {
    const entries = byName.get((path.at(-1)?.name ?? '').toLowerCase()) ?? [];
    return choose(entries, { path, names, dialect });
  }

  /** Where the catalog lists the shards one by one, the newest tells the columns of the family. */
  function newestShard(path: Path, names: NameContext): Entry | undefined {
    const last = path.at(-1);
    const family = last && shardFamilyOf(last.name);
    const shards = [...byName.keys()].filter((name) => family && isShardOf(name, family));
    const newest = shards.toSorted().at(-1);
    const entry =
      last && newest && chosen([...path.slice(0, -1), { ...last, name: newest }], names);
    return entry === 'ambiguous' || entry === '' ? undefined : entry;
  }

  function findRelation(written: Path, names: NameContext): FoundRelation {
    const path = withoutPartition(written, dialect);
    const families = familyPaths(path, dialect);
    const found =
      chosen(path, names) ?? families.map((family) => chosen(family, names)).find((entry) => entry);
    if (found === undefined) {
      const id = missingId(families[0] ?? path, { names, dialect });
      const shard = families.length === 0 ? undefined : newestShard(path, names);
      return shard === undefined
        ? { kind: 'missing', id }
        : { kind: 'found', relation: { ...shard.relation, id } };
    }
    if (found === 'ambiguous') {
      return { kind: 'ambiguous', id: missingId(path, { names, dialect }) };
    }
    return { kind: 'found', relation: found.relation };
  }

  const hasDottedColumns = snapshot.relations.some(({ columns }) =>
    columns.some(({ name }) => name.includes('.')),
  );
  const functions = new Map(snapshot.functions?.map((each) => [each.name, each]));
  return {
    snapshot,
    findRelation,
    relationOf: (id) => byId.get(id),
    functionNamed: (name) => functions.get(name),
    hasDottedColumns,
  };
}

/** An id that names a schema but no database lies in the own one. */
function fullParts(id: RelationId, ownDatabase: string | undefined): readonly string[] {
  const parts = partsOf(id);
  return ownDatabase !== undefined && parts.length === 2 ? [ownDatabase, ...parts] : parts;
}

/** BigQuery: `table$20240101` is a partition of `table`. */
function withoutPartition(path: Path, dialect: Dialect): Path {
  const last = path.at(-1);
  if (
    !RESOLVE_RULES[dialect.name].partitionsByName ||
    last === undefined ||
    !/.\$/.test(last.name)
  ) {
    return path;
  }
  return [...path.slice(0, -1), { ...last, name: last.name.replace(/\$.*$/, '') }];
}

/** BigQuery: the names a date shard's family may stand under in the catalog, ours first. */
function familyPaths(path: Path, dialect: Dialect): readonly Path[] {
  const last = path.at(-1);
  const family =
    RESOLVE_RULES[dialect.name].partitionsByName && last !== undefined
      ? shardFamilyOf(last.name)
      : undefined;
  if (last === undefined || family === undefined) {
    return [];
  }
  // A family of bare dates is called after its dataset.
  const dataset = family.stem === '' ? (path.at(-2)?.name ?? '') : '';
  const names = dataset === '' ? family.names : [`${dataset}_yyyymmdd`, ...family.names];
  return names.map((name) => [...path.slice(0, -1), { ...last, name }]);
}

interface Question {
  readonly path: Path;
  readonly names: NameContext;
  readonly dialect: Dialect;
}

function choose(entries: readonly Entry[], question: Question): Entry | 'ambiguous' | undefined {
  const { path, names, dialect } = question;
  const isWhole = path.length >= 3;
  const fits = entries.filter(
    ({ parts }) => overlaps(path, parts) && !(isWhole && parts.length > path.length),
  );
  const exact = fits.filter(({ parts }) => overlapsExactly(path, { parts, rules: dialect.names }));
  const candidates = exact.length > 0 ? exact : fits;
  if (candidates.length > 0) {
    return narrow(candidates, question);
  }
  // DuckDB: `catalog.table`, in the catalog's default schema.
  const [catalog, name] = path;
  const schema = dialect.names.defaultSchema;
  if (path.length === 2 && catalog !== undefined && name !== undefined && schema !== undefined) {
    const full = [catalog, { name: schema, quoted: false }, name];
    const inCatalog = entries.filter(({ parts }) => parts.length === 3 && overlaps(full, parts));
    return inCatalog.length === 1 ? inCatalog[0] : undefined;
  }
  return names.database === undefined && entries.length === 1 && isLooser(path, entries[0])
    ? entries[0]
    : undefined;
}

/** A fully written name may name a relation whose snapshot entry tells fewer parts. */
function isLooser(path: Path, entry: Entry | undefined): boolean {
  return entry !== undefined && entry.parts.length < path.length && overlaps(path, entry.parts);
}

function narrow(candidates: readonly Entry[], question: Question): Entry | 'ambiguous' | undefined {
  const { path, names, dialect } = question;
  if (path.length >= 3) {
    return onlyOne(candidates);
  }
  const inDatabase = candidates.filter(({ parts }) => partIs(parts.at(-3), names.database));
  if (path.length === 2) {
    return onlyOne(inDatabase);
  }
  const places = [
    ...(names.schema === undefined ? [] : [names.schema]),
    ...(names.searchPath ?? []),
    ...(dialect.names.defaultSchema === undefined ? [] : [dialect.names.defaultSchema]),
  ];
  for (const place of places) {
    const { schema: catalog, name } = relationParts(place);
    const here = inDatabase.filter(
      ({ parts }) => partIs(parts.at(-2), name) && partIs(parts.at(-3), catalog),
    );
    if (here.length > 0) {
      return onlyOne(here);
    }
  }
  const isTold = names.schema !== undefined || (names.searchPath ?? []).length > 0;
  return isTold ? undefined : onlyOne(inDatabase);
}

function onlyOne(entries: readonly Entry[]): Entry | 'ambiguous' | undefined {
  return entries.length > 1 ? 'ambiguous' : entries[0];
}

/** A part not told, on either side, does not disagree. */
function partIs(part: string | undefined, told: string | undefined): boolean {
  return part === undefined || told === undefined || sameLetters(part, told);
}

function overlaps(path: Path, parts: readonly string[]): boolean {
  const length = Math.min(path.length, parts.length);
  return path.slice(-length).every((ident, at) => {
    const part = parts[parts.length - length + at] ?? '';
    return sameLetters(ident.name, part);
  });
}

function overlapsExactly(
  path: Path,
  { parts, rules }: { readonly parts: readonly string[]; readonly rules: NameRules },
): boolean {
  const length = Math.min(path.length, parts.length);
  return path
    .slice(-length)
    .every((ident, at) => foldIdent(ident, rules) === parts[parts.length - length + at]);
}

function missingId(
  path: Path,
  { names, dialect }: { readonly names: NameContext; readonly dialect: Dialect },
): RelationId {
  const written = path.map((ident: Ident) => foldIdent(ident, dialect.names));
  const schema =
    names.schema ?? (names.database === undefined ? undefined : dialect.names.defaultSchema);
  const outer: (string | undefined)[] = [];
  if (written.length === 1 && schema !== undefined) {
    outer.push(names.database, schema);
  }
  if (written.length === 2) {
    outer.push(names.database);
  }
  return [...outer, ...written]
    .filter((part) => part !== undefined)
    .map((name) => relationId({ name }))
    .join('.') as RelationId;
}

/** All parts of an id, outermost first; there may be more than three (`project.dataset.information_schema.tables`). */
function partsOf(id: RelationId): readonly string[] {
  return [...id.matchAll(/"((?:[^"]|"")*)"|([^.]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
