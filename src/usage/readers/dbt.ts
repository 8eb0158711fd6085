import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';
import { isDbtCi } from './dbt-ci.ts';

/**
 * dbt's query comment: `{"app": "dbt", "node_id": "model.shop.orders", ...}`. Tests, source freshness and all that a CI
 * target does read as tests, the rest as pipeline; without a node (a `run-operation`, metadata) the project's name stands for it.
 */
export const dbt: Recogniser = {
  id: 'dbt',

  recognise(asker) {
    const isDbt =
      asker.tags.tool === 'dbt' || tagOf(asker, 'app') === 'dbt' || asker.client.startsWith('dbt');
    if (!isDbt) {
      return undefined;
    }
    const node = tagOf(asker, 'node_id', 'dbt_node_id') ?? '';
    const isTest = /^(test|unit_test|source)\./.test(node) || isDbtCi(asker);
    const name = node === '' ? (tagOf(asker, 'profile_name', 'target_name') ?? asker.user) : node;
    return { kind: isTest ? 'test' : 'pipeline', name: name === '' ? 'dbt' : name, tool: 'dbt' };
  },
};
