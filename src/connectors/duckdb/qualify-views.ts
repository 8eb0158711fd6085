import { relationId, relationParts } from '../../base/relation.ts';
import type { CallOptions, Cell, Session } from '../connector.ts';

/** A view's SELECT as DuckDB stores it: names as they were written, resolved anew with each use. */
export interface ViewText {
  readonly id: string;
  readonly sql: string;
}

interface Home {
  readonly database: string;
  readonly schema: string;
}

/** Where a relation of this written name is, as seen from the view; absent when the catalog has none. */
type Lookup = (name: WrittenName, view: Home) => Home | undefined;

interface WrittenName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * The views' SELECTs with every relation's schema (and its database, where it is not the session's own), so that the text
 * means the same whatever the search path. The own database is left out: a DuckDB file's name is its database's, and views
 * must survive the file's being renamed.
 *
 * DuckDB resolves a bare name in a view in the view's own schema first, then along the search path of whoever asks; here
 * that is the view's schema, then `main`. It is done on DuckDB's own syntax tree; what the engine cannot serialize (PIVOT) and
 * names the catalog does not know stay as written.
 */
export async function qualifyViews(
  session: Session,
  { database: own, views, relations, options }: QualifyViewsParts,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map(views.map(({ id, sql }) => [id, sql]));
  const lookup = lookupIn(relations);
  const databases = new Set(Array.from(relations, (id) => relationParts(id).database));
  const trees = await mapTexts(session, {
    texts,
    call: 'json_serialize_sql',
    options,
  });
  const changed = new Map<string, string>();
  for (const [id, text] of trees) {
    const tree = parseTree(text);
    const { database = '', schema = '' } = relationParts(id);
    const scope: Scope = {
      view: { database, schema },
      lookup,
      canOmit: (home) => home.database === own && !databases.has(home.schema),
      ctes: new Set(),
    };
    if (qualifyNode(tree, scope)) {
      changed.set(id, printTree(tree));
    }
  }
  const printed = await mapTexts(session, {
    texts: changed,
    call: 'json_deserialize_sql',
    options,
  });
  return new Map([...texts, ...printed]);
}

export interface QualifyViewsParts {
  /** The session's own database. */
  readonly database: string;
  readonly views: readonly ViewText[];
  /** Ids of all relations of the catalog. */
  readonly relations: readonly string[];
  readonly options: CallOptions;
}

interface Scope {
  readonly view: Home;
  readonly lookup: Lookup;
  /** The relation is found without its database, unambiguously. */
  readonly canOmit: (home: Home) => boolean;
  /** Names that CTEs give here, lower case. */
  readonly ctes: ReadonlySet<string>;
}

async function mapTexts(
  session: Session,
  {
    texts,
    call,
    options,
  }: { texts: ReadonlyMap<string, string>; call: string; options: CallOptions },
): Promise<ReadonlyMap<string, string>> {
  if (texts.size === 0) {
    return new Map();
  }
  const values = [...texts].map(([id, text]) => `(${quote(id)}, ${quote(text)})`).join(', ');
  const sql = `select id, try(${call}(sql)::varchar) from (values ${values}) as t(id, sql)`;
  const { rows } = await session.query(sql, options);
  return new Map(
    rows.filter(([, text]) => text !== null).map(([id, text]) => [textOf(id), textOf(text)]),
  );
}

/** Numbers become marked texts: the tree holds 64-bit ones, which JavaScript would round. */
function parseTree(json: string): Json {
  const marked = json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  return JSON.parse(marked) as Json;
}

function printTree(tree: Json): string {
  return JSON.stringify(tree).replaceAll(/"\\u0000(-?\d[\d.eE+-]*)"/g, '$1');
}

/** Changes the tree in place; true when a name was completed. */
function qualifyNode(node: Json | undefined, scope: Scope): boolean {
  if (typeof node !== 'object' || node === null) {
    return false;
  }
  if (Array.isArray(node)) {
    return node.map((child) => qualifyNode(child, scope)).includes(true);
  }
  if (node['type'] === 'BASE_TABLE') {
    return qualifyTable(node, scope);
  }
  const { changed, inner } = qualifyCtes(node, scope);
  const isRecursive = node['type'] === 'RECURSIVE_CTE_NODE' || node['type'] === 'CTE_NODE';
  const name = node['cte_name'] ?? node['ctename'];
  const within = isRecursive && typeof name === 'string' ? withCte(inner, name) : inner;
  return Object.entries(node)
    .filter(([field]) => field !== 'cte_map')
    .map(([, child]) => qualifyNode(child, within))
    .concat(changed)
    .includes(true);
}

/** A CTE sees those before it; itself only where it is recursive, which its own node says. */
function qualifyCtes(
  node: { [key: string]: Json },
  scope: Scope,
): { readonly changed: boolean; readonly inner: Scope } {
  const entries = fieldsOf(node['cte_map'])['map'];
  let inner = scope;
  let changed = false;
  for (const entry of Array.isArray(entries) ? entries : []) {
    const { key, value } = fieldsOf(entry);
    changed = qualifyNode(value, inner) || changed;
    inner = withCte(inner, textOf(key));
  }
  return { changed, inner };
}

function qualifyTable(
  table: { [key: string]: Json },
  { view, lookup, canOmit, ctes }: Scope,
): boolean {
  const written: WrittenName = {
    database: textOf(table['catalog_name']),
    schema: textOf(table['schema_name']),
    name: textOf(table['table_name']),
  };
  const isBare = written.database === '' && written.schema === '';
  if (written.database !== '' || (isBare && ctes.has(written.name.toLowerCase()))) {
    return false;
  }
  const home = lookup(written, view);
  if (home === undefined) {
    return false;
  }
  const database = canOmit(home) ? '' : home.database;
  table['catalog_name'] = database;
  table['schema_name'] = home.schema;
  return database !== written.database || home.schema !== written.schema;
}

function lookupIn(relations: readonly string[]): Lookup {
  const homes = new Map<string, Home>();
  for (const id of relations) {
    const { database = '', schema = '' } = relationParts(id);
    homes.set(id.toLowerCase(), { database, schema });
  }
  const at = (database: string, schema: string, name: string) =>
    homes.get(relationId({ database, schema, name }).toLowerCase());

  return ({ schema, name }, view) =>
    schema === ''
      ? (at(view.database, view.schema, name) ?? at(view.database, 'main', name))
      : (at(view.database, schema, name) ?? at(schema, 'main', name));
}

function withCte(scope: Scope, name: string): Scope {
  return { ...scope, ctes: new Set([...scope.ctes, name.toLowerCase()]) };
}

function fieldsOf(node: Json | undefined): { readonly [key: string]: Json } {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? node : {};
}

function textOf(value: Json | Cell | undefined): string {
  return typeof value === 'string' ? value : '';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
