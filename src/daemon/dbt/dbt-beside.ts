import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { dbtFacts } from '../../lineage/dbt/dbt-facts.ts';
import { type DbtNeed, dbtNeeds } from '../../lineage/dbt/dbt-needs.ts';
import type { DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { type DbtReads, dbtReads } from '../../lineage/dbt/dbt-reads.ts';
import {
  type EphemeralRelation,
  ephemeralRelations,
} from '../../lineage/dbt/ephemeral-relations.ts';
import { readProject } from '../../lineage/dbt/read-project.ts';
import { withoutDefinitions } from '../../lineage/without-definitions.ts';
import type { Facts } from '../../marts/facts.ts';
import type { ModelEdit } from '../../propose/dbt/edit-model.ts';
import type { Extension } from '../../propose/dbt/extend-model.ts';
import type { NewModel } from '../../propose/dbt/new-model.ts';
import type { ModelWorld, ReadModel } from '../../propose/dbt/read-model.ts';
import type { GoldUse } from '../../prune/gold-relation-of.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { SchemaRelation } from '../../sql/schema.ts';
import { indexSchema, type SchemaIndex } from '../../sql/schema-index.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';

/** The dbt project beside the warehouse, as far as there is one and it can be read. */
export type DbtBeside =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly because: string }
  | DbtRead;

export interface DbtRead {
  readonly kind: 'read';
  readonly project: DbtProject;
  readonly reads: readonly DbtReads[];
  /** Its ephemeral models, as tables that only their readers' texts name. */
  readonly ephemeral: readonly SchemaRelation[];
  readonly needs: readonly DbtNeed[];
  /** What its tests verified. */
  readonly facts: Facts;
  readonly world: ModelWorld;
  readonly madeAt: EpochMs | undefined;
  /** Edits made for this state of it, so that no proof runs twice. */
  readonly edits: Map<string, ModelEdit>;
  /** And what becomes of marts, by how they would be made and their statement. */
  readonly marts: Map<string, MartInProject>;
  /** Models read for that, by id. */
  readonly models: Map<string, ReadModel>;
}

/** What a mart could be in the project: columns of a model that is there, or a new one. */
export interface MartInProject {
  readonly extension: Extension;
  /** Absent where a model has its rows. */
  readonly made?: NewModel;
}

interface BesideParts {
  readonly schema: ObservedSchema;
  readonly signal?: AbortSignal | undefined;
}

type DbtEngine = Pick<Engine, 'config' | 'connector' | 'names' | 'parsers' | 'store' | 'log'>;

const known = new WeakMap<Engine['store'], { readonly key: string; readonly beside: DbtBeside }>();

/**
 * Reads the artifacts of `dbt.project`, once for each state of them and of the warehouse's schema. A project that is configured
 * and cannot be read is told, and then nothing is pruned that it may need.
 */
export async function dbtBeside(
  engine: DbtEngine,
  { schema, signal }: BesideParts,
): Promise<DbtBeside> {
  const { project, target } = engine.config.dbt;
  if (project === undefined) {
    return { kind: 'none' };
  }
  const files = FILES.map((name) => join(project, target, name));
  const key = digestOf([files, await Promise.all(files.map(stampOf)), schema.digest]);
  const before = known.get(engine.store);
  if (before?.key === key) {
    return before.beside;
  }
  const beside = await readBeside(engine, { files, schema, signal });
  if (beside.kind === 'unreadable') {
    engine.log.warn({ because: beside.because }, 'the dbt project was not read');
    if (before?.beside.kind === 'read') {
      // dbt may be writing it just now: what was read before holds until there is something to read.
      return before.beside;
    }
  }
  known.set(engine.store, { key, beside });
  return beside;
}

/**
 * The project as it was read last, against a schema that may have changed since: names that are gone still lead somewhere there. Where
 * nobody read it yet, it is read against that schema.
 */
export async function dbtAsReadLast(engine: DbtEngine, parts: BesideParts): Promise<DbtBeside> {
  const before = engine.config.dbt.project === undefined ? undefined : known.get(engine.store);
  return before?.beside.kind === 'read' ? before.beside : await dbtBeside(engine, parts);
}

const FILES = ['manifest.json', 'catalog.json', 'run_results.json'];

async function stampOf(path: string): Promise<readonly number[]> {
  const found = await unlessAbsent(stat(path));
  return found === undefined ? [] : [found.mtimeMs, found.size];
}

async function readBeside(
  { connector, names, parsers }: DbtEngine,
  { files, schema, signal }: BesideParts & { readonly files: readonly string[] },
): Promise<DbtBeside> {
  const [manifest, catalog, runResults] = await Promise.all(files.map(jsonOf));
  if (manifest === undefined) {
    const because = `${files[0] ?? 'manifest.json'} is not there, or no JSON; run \`dbt compile\` in the project, or correct dbt.project and dbt.target`;
    return { kind: 'unreadable', because };
  }
  const dialect = dialectOf(connector.dialect);
  try {
    const compiled = join(dirname(files[0] ?? ''), 'compiled');
    const compiledFile = (path: string) => textIn(compiled, path);
    const artifacts = { manifest, catalog, runResults, compiledFile };
    const project = readProject(artifacts, { dialect, ownDatabase: names.database });
    const index = indexSchema(withoutDefinitions(schema.snapshot), dialect);
    const parse: ModelWorld['parse'] = (requests) => parsers.parse(requests, signal);
    const reads = await dbtReads(project, { dialect, schema: index, names, parse });
    const ephemeral = await ephemeralRelations(project, { dialect, schema: index, names, parse });
    const world: ModelWorld = {
      dialect,
      schema: withRelations(index, { more: tables(ephemeral), dialect }),
      expanded: withRelations(schema.index, { more: ephemeral, dialect }),
      names,
      parse: parsers.parse,
    };
    const time = Date.parse(project.madeAt);
    const madeAt = Number.isNaN(time) ? undefined : time;
    return {
      kind: 'read',
      project,
      reads,
      ephemeral: tables(ephemeral),
      needs: dbtNeeds(project, reads),
      facts: dbtFacts(project, { verifiedAt: madeAt ?? 0, schema: index }),
      world,
      madeAt,
      edits: new Map(),
      marts: new Map(),
      models: new Map(),
    };
  } catch (error) {
    if (error instanceof GoldsmithError && error.code === 'DBT_ARTIFACT') {
      return { kind: 'unreadable', because: error.message };
    }
    throw error;
  }
}

/** A model reads an ephemeral one as it reads a view: what that reads is no affair of its own text. */
function tables(ephemeral: readonly EphemeralRelation[]): readonly SchemaRelation[] {
  return ephemeral.map(({ definition: _definition, ...relation }) => ({
    ...relation,
    kind: 'table',
  }));
}

/** The schema with relations more that no warehouse has. */
export function withRelations(
  index: SchemaIndex,
  { more, dialect }: { readonly more: readonly SchemaRelation[]; readonly dialect: Dialect },
): SchemaIndex {
  const { snapshot } = index;
  return more.length === 0
    ? index
    : indexSchema({ ...snapshot, relations: [...snapshot.relations, ...more] }, dialect);
}

/** Only files inside the folder, whatever a manifest says. */
function textIn(folder: string, path: string): string | undefined {
  const inside = normalize(path);
  if (inside.startsWith('..') || inside.startsWith('/')) {
    return undefined;
  }
  try {
    return readFileSync(join(folder, inside), 'utf8');
  } catch (error) {
    if (isAbsent(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Of a file of the project; only inside its folder, whatever a manifest says. */
export async function projectText(project: string, file: string): Promise<string | undefined> {
  const inside = normalize(file);
  return file === '' || inside.startsWith('..') || inside.startsWith('/')
    ? undefined
    : unlessAbsent(readFile(join(project, inside), 'utf8'));
}

/** What was measured, and what tests of the project verified. */
export function bothFacts(measured: Facts, tested: Facts): Facts {
  return {
    ...measured,
    source: `${measured.source}, ${tested.source}`,
    uniqueKeys: [...measured.uniqueKeys, ...tested.uniqueKeys],
    inclusions: [...measured.inclusions, ...tested.inclusions],
    notNull: [...measured.notNull, ...tested.notNull],
  };
}

/** Undefined where there is none, or it is half written: dbt writes it anew. */
async function jsonOf(path: string): Promise<unknown> {
  const text = await unlessAbsent(readFile(path, 'utf8'));
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file that is not there, or that we may not read, is no fault here. */
export async function unlessAbsent<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsent(error)) {
      return undefined;
    }
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABSENT.has(String(error.code));
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES']);

/** What the project needs of gold relations; of one that cannot be read, anything of any. */
export function needsOf(
  beside: Exclude<DbtBeside, { readonly kind: 'none' }>,
  gold: readonly GoldUse[],
): readonly DbtNeed[] {
  const watched = new Set(gold.map(({ relation }) => relation));
  return beside.kind === 'read'
    ? beside.needs.filter(({ relation }) => watched.has(relation))
    : gold.map(({ relation }) => ({
        relation,
        kind: 'model',
        who: 'the dbt project',
        columns: 'all',
        advice: beside.because,
      }));
}
