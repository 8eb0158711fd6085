import { sha256 } from '../../base/digest.ts';
import type { SchemaChange } from '../../drift/schema-change.ts';
import type { DbtModel, DbtProject, DbtSource, DbtTest } from '../../lineage/dbt/dbt-project.ts';
import { wordsOf } from '../../lineage/dbt/dbt-project.ts';
import { quoteName } from '../../sql/print/quote-name.ts';
import type { FileChange } from '../proposal.ts';
import type { ModelWorld } from './read-model.ts';
import { renameDescribed } from './rename-described.ts';

export type Renamed = Extract<SchemaChange, { readonly kind: 'column-renamed' }>;

export interface FollowDescribedRequest {
  readonly project: DbtProject;
  /** The models that follow. */
  readonly models: readonly DbtModel[];
  readonly renamed: readonly Renamed[];
  readonly world: Pick<ModelWorld, 'dialect'>;
  /** The text of a file of the project as it is now; undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Where the project lies in the repository; empty at its root. */
  readonly path: string;
}

export type DescribedFollow =
  | { readonly kind: 'files'; readonly files: readonly FileChange[] }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * The YAML files that describe renamed source columns, test them, or hold rows of them for the models' unit tests, under the new names: without
 * that the next `dbt build` fails though the models follow. Refused where something says a former name that is not surely edited.
 */
export async function followDescribed(request: FollowDescribedRequest): Promise<DescribedFollow> {
  const { project, renamed } = request;
  const texts = new Map<string, { readonly was: string; readonly text: string }>();
  for (const source of project.sources) {
    const names = new Map(
      renamed
        .filter(({ relation }) => relation === source.relation)
        .map(({ column, to }) => [column.toLowerCase(), to]),
    );
    const because =
      names.size === 0 ? undefined : await followIn(texts, { ...request, source, names });
    if (because !== undefined) {
      return { kind: 'refused', because };
    }
  }
  const files = [...texts].flatMap(([path, { was, text }]) =>
    was === text
      ? []
      : [{ path: request.path === '' ? path : `${request.path}/${path}`, text, was: sha256(was) }],
  );
  return { kind: 'files', files };
}

interface SourceFollow extends FollowDescribedRequest {
  readonly source: DbtSource;
  /** New names by former ones, those in lower case. */
  readonly names: ReadonlyMap<string, string>;
}

/** Writes the new names of one source's columns into the texts; why it cannot, where it cannot. */
async function followIn(
  texts: Map<string, { readonly was: string; readonly text: string }>,
  { project, models, world: { dialect }, read, source, names }: SourceFollow,
): Promise<string | undefined> {
  const isNamed = (columns: Iterable<string>) => [...columns].some((each) => names.has(each));
  const unitTests = project.unitTests.filter(
    (test) =>
      models.some(({ id }) => id === test.of) &&
      test.names.some((given) => given.model === source.id && isNamed(given.columns)),
  );
  const standing = project.tests.filter((test) => saysOf(test, { source, names }));
  const places = [
    ...standing.map((test) => ({
      who: `dbt test ${test.id.split('.')[2]}`,
      path: fileOf(test, { project, source }),
    })),
    ...unitTests.map(({ name, path }) => ({ who: `unit test ${name}`, path })),
  ];
  const [first] = places;
  const odd = [...names.values()].find((name) => quoteName(name, dialect.name) !== name);
  if (first !== undefined && odd !== undefined) {
    return `${first.who} names ${[...names.keys()].join(', ')} too, and dbt writes ${odd} into its SQL without the quotes it needs`;
  }
  const changed = new Set<string>();
  const own = source.package === project.name || project.name === '' ? [source.path] : [];
  for (const path of new Set([...own, ...places.map((place) => place.path)])) {
    const was = path === undefined ? undefined : (texts.get(path)?.text ?? (await read(path)));
    if (path === undefined || was === undefined) {
      const place = places.find((each) => each.path === path);
      if (place !== undefined) {
        return `${place.who} names ${[...names.keys()].join(', ')} too, and where it is written is not known`;
      }
      continue;
    }
    const outcome = renameDescribed({
      text: was,
      source: source.source,
      table: source.name,
      renamed: names,
      unitTests: new Set(unitTests.map(({ name }) => name)),
    });
    if (outcome.kind === 'refused') {
      return `${path}: ${outcome.because}`;
    }
    outcome.unitTests.forEach((name) => changed.add(name));
    texts.set(path, { was: texts.get(path)?.was ?? was, text: outcome.text });
  }
  const left = unitTests.find(({ name }) => !changed.has(name));
  return left === undefined
    ? undefined
    : `the rows of unit test ${left.name} name ${[...names.keys()].join(', ')}, and stand where they are not edited`;
}

/** Whether a test that is written in YAML names one of the columns as this source's. */
function saysOf(
  { kind, dependsOn, at, column, arguments: given }: DbtTest,
  { source, names }: Pick<SourceFollow, 'source' | 'names'>,
): boolean {
  if (kind === 'singular' || !dependsOn.includes(source.id)) {
    return false;
  }
  if (at === undefined && column !== undefined && names.has(column.toLowerCase())) {
    return true;
  }
  const { model: _model, column_name: _column, to, field, ...others } = given;
  const isReference = typeof field === 'string' && String(to).includes(source.name);
  return isReference
    ? names.has(field.toLowerCase())
    : at === undefined && [...wordsOf(JSON.stringify(others))].some((word) => names.has(word));
}

/** Tests of a source stand in the file of the source, those of a model in the file that describes it. */
function fileOf(
  { at }: DbtTest,
  { project, source }: { readonly project: DbtProject; readonly source: DbtSource },
): string | undefined {
  return at === undefined ? source.path : project.models.find(({ id }) => id === at)?.patchPath;
}
