import type { RelationId } from '../../base/relation.ts';
import type { DbtModel } from '../../lineage/dbt/dbt-project.ts';
import { isAsCompiled } from '../../lineage/dbt/render-model.ts';
import { isLive } from '../../propose/move.ts';
import type { Engine } from '../engine.ts';
import { projectText } from './dbt-beside.ts';

/**
 * Whether a model waits for dbt: its file is not what the manifest was made of, because a merged edit was pulled, say. What dbt compiles of
 * it next is what may be edited; until then nobody is asked, unless somebody is asked already: he is told.
 */
export async function waitsForDbt(
  engine: Pick<Engine, 'config' | 'log' | 'memory'>,
  { model, relation }: { readonly model: DbtModel; readonly relation: RelationId },
): Promise<boolean> {
  const { path } = model;
  const source = await projectText(engine.config.dbt.project ?? '', path);
  if (source === undefined || isAsCompiled(model, source)) {
    return false;
  }
  engine.log.info({ path }, 'a dbt model was changed since dbt compiled it');
  return !engine.memory.proposals
    .list()
    .some((one) => one.kind === 'edit' && one.relation === relation && isLive(one));
}
