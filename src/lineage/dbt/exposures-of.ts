import { z } from 'zod';
import { type DbtExposure, wordsOf } from './dbt-project.ts';
import type { Manifest } from './manifest-schema.ts';
import { personOf } from './owner-of.ts';

/**
 * What a project declares to be used outside of it: dashboards, notebooks, applications. One that is fed by metrics takes of their
 * models what their semantic models name, and stands here a second time for that.
 */
export function exposuresOf(manifest: Manifest): readonly DbtExposure[] {
  return Object.values(manifest.exposures).flatMap((exposure) => {
    const meta = { ...exposure.meta, ...exposure.config?.meta };
    const taken = takenColumns.safeParse(meta);
    const url = exposure.url || undefined;
    const said = {
      id: exposure.unique_id,
      name: exposure.label || exposure.name,
      type: exposure.type ?? 'exposure',
      owner: personOf(exposure.owner) ?? 'nobody named',
      ...(url === undefined ? {} : { url }),
      ...(taken.success ? { columns: taken.data.goldsmith.columns } : {}),
    };
    const { direct, measured } = behind(exposure.depends_on.nodes, manifest);
    return [
      ...(direct.length === 0 && measured.length > 0 ? [] : [{ ...said, dependsOn: direct }]),
      ...measured.map(({ models, columns }) => ({ columns, ...said, dependsOn: models })),
    ];
  });
}

const takenColumns = z.object({ goldsmith: z.object({ columns: z.array(z.string()) }) });

interface Measured {
  readonly models: readonly string[];
  readonly columns: readonly string[];
}

/** Metrics and semantic models are no relations: what they are measured on is. */
function behind(
  ids: readonly string[],
  { metrics, semantic_models: semantic }: Manifest,
): { readonly direct: readonly string[]; readonly measured: readonly Measured[] } {
  const measured: Measured[] = [];
  const open = ids.filter((id) => id in metrics || id in semantic);
  const met = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const model = semantic[id];
    if (model !== undefined) {
      const columns = [...new Set(expressionsOf(model).flatMap((text) => [...wordsOf(text)]))];
      measured.push({ models: model.depends_on.nodes, columns });
    }
    const further = (metrics[id]?.depends_on.nodes ?? []).filter((each) => !met.has(each));
    further.forEach((each) => met.add(each));
    open.push(...further);
  }
  return { direct: ids.filter((id) => !met.has(id)), measured };
}

/** Names and expressions of a semantic model's entities, dimensions and measures. */
export function expressionsOf(model: Manifest['semantic_models'][string]): readonly string[] {
  const parts = [...(model.entities ?? []), ...(model.dimensions ?? []), ...(model.measures ?? [])];
  return parts.map(({ name, expr }) => (typeof expr === 'string' && expr !== '' ? expr : name));
}
