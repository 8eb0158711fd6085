import { expect, it } from 'vitest';
import type { Session } from '../../src/connectors/connector.ts';
import { snowflakeWording } from '../../src/connectors/snowflake/snowflake-wording.ts';
import { writingKinds } from '../../src/materializer/dry-run-writing.ts';

const cost = { durationMs: 0, cpuMs: 0, rowsReturned: 0 };

it('makes no table under a name that an earlier kind holds, where each statement is kept', async () => {
  const texts: string[] = [];
  const session: Session = {
    wording: snowflakeWording,
    query: async () => ({ columns: [], rows: [], cost }),
    stream: async function* () {
      yield [];
    },
    async execute(sql) {
      texts.push(sql);
      return cost;
    },
  };
  const kinds = writingKinds({
    sample: undefined,
    goldSchema: 'GOLD',
    dataSchema: 'GOLD_DATA',
    ledgerSchema: 'GOLDSMITH',
    writes: true,
  });
  for (const { run } of kinds) {
    await run(session);
  }

  const held = new Set<string>();
  for (const text of texts) {
    const [, verb, name = ''] = /^(create|drop)(?: transient)? table (?!if )(\S+)/.exec(text) ?? [];
    if (verb === 'create') {
      expect(held).not.toContain(name);
      held.add(name);
    } else if (verb === 'drop') {
      held.delete(name);
    }
  }
  expect(texts.join('\n')).toContain('order by "id"');
  expect([...held]).toEqual([]);
});
