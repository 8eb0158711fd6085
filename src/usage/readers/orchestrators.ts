import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

/** Airflow, Dagster, SQLMesh and Elementary, told from the pairs they write beside a statement. */
export const orchestrators: Recogniser = {
  id: 'orchestrators',

  recognise(asker) {
    const task = tagOf(asker, 'task_id');
    const dag = tagOf(asker, 'dag_id');
    if (dag !== undefined) {
      const name = task === undefined ? dag : `${dag}.${task}`;
      return { kind: 'pipeline', name, tool: 'airflow' };
    }
    const tool = asker.tags.tool ?? '';
    if (!['airflow', 'dagster', 'sqlmesh', 'elementary'].includes(tool)) {
      return undefined;
    }
    const name = tagOf(asker, 'model', 'asset', 'job', 'node_id') ?? asker.user;
    const kind = tool === 'elementary' ? 'test' : 'pipeline';
    return { kind, name: name === '' ? tool : name, tool };
  },
};
