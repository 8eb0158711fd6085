import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { isAsCompiled } from '../../lineage/dbt/render-model.ts';
import type { Engine } from '../engine.ts';
import { projectText } from './dbt-beside.ts';

/**
 * Whether the model's file is what the manifest was made of. One that was changed since (a merged edit was pulled, say) is waited for:
 * what dbt compiles of it next is what may be edited.
 */
export async function isCompiled(
  engine: Pick<Engine, 'config' | 'log'>,
  model: DbtModel,
): Promise<boolean> {
  const source = await projectText(engine.config.dbt.project ?? '', model.path);
  const isSame = source === undefined || isAsCompiled(model, source);
  if (!isSame) {
    const { path } = model;
    engine.log.info(
      { path },
      'a dbt model was changed since dbt compiled it: nothing is proposed of it',
    );
  }
  return isSame;
}
