import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sameAnswers } from '../../../src/propose/dbt/same-answers.ts';
import { openShop, renderingOf, SHOP_FACTS } from './shop.ts';

interface Case {
  readonly title: string;
  readonly cut: readonly string[];
  readonly model: string;
  readonly compiled: string | undefined;
  readonly expected: string | undefined;
  readonly refused: string | undefined;
  readonly inside: string | undefined;
  /** The cut is made, and the rows tell that it may not be. */
  readonly isUnproved: boolean;
}

/** `=== title`, then parts that begin with `--- name`, a value behind a colon or on the lines below. */
function casesIn(path: string): readonly Case[] {
  return readFileSync(path, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((text) => {
      const [title = '', ...rest] = text.split('\n');
      const parts = new Map(
        rest
          .join('\n')
          .split(/^--- /m)
          .slice(1)
          .map((part): [string, string] => {
            const [, name = '', value = '', body = ''] =
              /^(\w+)(?:: (.*))?\n([^]*)$/.exec(part) ?? [];
            return [name, value === '' ? body.replace(/\n\n$/, '\n') : value];
          }),
      );
      return {
        title,
        cut: (parts.get('cut') ?? '').split(', '),
        model: parts.get('model') ?? '',
        compiled: parts.get('compiled'),
        expected: parts.get('expect'),
        refused: parts.get('refused'),
        inside: parts.get('inside'),
        isUnproved: parts.has('unproved'),
      };
    });
}

const shop = openShop();
afterAll(() => shop.close());

describe.for(globSync('test/fixtures/dbt/cuts/*.txt').toSorted())('%s', (path) => {
  it.for(casesIn(path).map((each) => [each.title, each] as const))(
    `${basename(path)}: %s`,
    async ([, { cut, model, compiled, expected, refused, inside, isUnproved }]) => {
      const outcome = await shop.cut(model, cut, compiled);

      if (refused !== undefined) {
        expect(outcome).toMatchObject({
          kind: 'refused',
          because: expect.stringContaining(refused),
        });
        return;
      }
      expect(outcome).toMatchObject({
        kind: 'cut',
        ...(isUnproved ? { isSameShape: false } : { source: expected }),
      });
      if (outcome.kind === 'cut') {
        expect(outcome.inside.join(', ')).toBe(inside ?? '');
        const before = renderingOf(model, compiled);
        const proof = await sameAnswers({
          before: typeof before === 'string' ? before : before.sql,
          after: outcome.sql,
          kept: outcome.kept,
          world: shop.world,
          facts: SHOP_FACTS,
          databases: 8,
        });
        expect(proof).toMatchObject({ kind: isUnproved ? 'unequal' : 'equal' });
      }
    },
  );
});
