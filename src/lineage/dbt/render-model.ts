import { alignCompiled } from './align-compiled.ts';
import type { DbtModel, DbtProject } from './dbt-project.ts';
import { jinjaPieces, type Piece } from './jinja-pieces.ts';
import { knownNames } from './known-names.ts';
import { renderPlain } from './render-plain.ts';
import { lineOf, type Rendering } from './source-map.ts';
import { stringAt } from './string-at.ts';
import { withoutInjected } from './without-injected.ts';

export type RenderOutcome =
  | { readonly kind: 'rendered'; readonly rendering: Rendering }
  | { readonly kind: 'refused'; readonly because: string; readonly line?: number };

export interface RenderParts {
  readonly project: DbtProject;
  /** The file as it is now; the manifest may be older. */
  readonly source: string;
}

/**
 * The SQL of a model and where each part of it stands in its file: what dbt compiled where the manifest has it, else what
 * follows from names alone. Refuses a file that is not what the manifest was made of, and what only dbt can work out.
 */
export function renderModel(model: DbtModel, { project, source }: RenderParts): RenderOutcome {
  if (model.language !== 'sql') {
    return { kind: 'refused', because: `it is written in ${model.language}, not in SQL` };
  }
  if (!isAsCompiled(model, source)) {
    const because =
      'its file is not what the manifest was made of; run `dbt compile` so that both say the same';
    return { kind: 'refused', because };
  }
  const pieces = jinjaPieces(source);
  if (pieces === undefined) {
    return { kind: 'refused', because: 'a Jinja tag in it is not closed, or closes nothing' };
  }
  const known = referencesOf(model, project);
  // What dbt compiled of an incremental model may be the increment alone; a full build says what the model means.
  const whole =
    model.materialized === 'incremental' ? plainly({ source, pieces, known }) : undefined;
  if (whole?.kind === 'rendered') {
    return whole;
  }
  if (model.compiledCode !== undefined) {
    const compiled = withoutInjected(model.compiledCode, source);
    const rendering = alignCompiled({ source, pieces, compiled, known });
    return rendering === undefined
      ? {
          kind: 'refused',
          because: 'what dbt compiled was not made of this file; run `dbt compile`',
        }
      : { kind: 'rendered', rendering };
  }
  return plainly({ source, pieces, known });
}

/** Whether an edited file can be what this SQL is compiled of: a proof of the SQL is one of the file then. */
export function mayCompileTo(
  model: DbtModel,
  { project, source, sql }: RenderParts & { readonly sql: string },
): boolean {
  const edited = { ...model, rawCode: source, compiledCode: sql };
  const again = renderModel(edited, { project, source });
  return (
    again.kind === 'rendered' && (again.rendering.by === 'compiled' || again.rendering.sql === sql)
  );
}

/** Whether a model's file is the one the manifest was made of. */
export function isAsCompiled({ rawCode }: Pick<DbtModel, 'rawCode'>, source: string): boolean {
  return source.trim() === rawCode.trim();
}

function plainly(parts: {
  readonly source: string;
  readonly pieces: readonly Piece[];
  readonly known: (code: string) => string | undefined;
}): RenderOutcome {
  const { source } = parts;
  const plain = renderPlain(parts);
  if (plain.kind === 'refused') {
    return {
      kind: 'refused',
      because: `${plain.because}; run \`dbt compile\` first`,
      line: lineOf(source, plain.at),
    };
  }
  const { rendering, unknown } = plain;
  const open = unknown.find(({ start }) => !stringAt(rendering.sql, start));
  return open === undefined
    ? { kind: 'rendered', rendering }
    : {
        kind: 'refused',
        because: `what {{ ${open.piece.code} }} gives out is known to dbt alone; run \`dbt compile\` first`,
        line: lineOf(source, open.piece.start),
      };
}

/** What references of one model stand for in its SQL. */
export function referencesOf(
  model: DbtModel,
  project: DbtProject,
): (code: string) => string | undefined {
  return knownNames({
    own: model.relationText,
    ref(name, { package: from, version }) {
      const called = project.models.filter(
        (each) =>
          each.name === name &&
          (from === undefined || each.package === from) &&
          (version === undefined ? each.isLatest : each.version === version),
      );
      const found = called.find((each) => each.package === model.package) ?? called[0];
      if (found?.materialized === 'ephemeral') {
        const names = ephemeralNames(found);
        return names.find((each) => model.compiledCode?.includes(`${each} as (`)) ?? names[0];
      }
      return found?.relationText;
    },
    source: (source, table) =>
      project.sources.find((each) => each.source === source && each.name === table)?.relationText,
  });
}

/** The CTE by which dbt lets others read an ephemeral model: by its alias, in former versions by its name. */
export function ephemeralNames({
  name,
  alias = name,
}: Pick<DbtModel, 'name' | 'alias'>): readonly string[] {
  return [...new Set([alias, name])].map((each) => `__dbt__cte__${each}`);
}
