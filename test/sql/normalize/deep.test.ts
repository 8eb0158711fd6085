import { expect, it } from 'vitest';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { boundOf } from './bind.ts';

function nested(depth: number, around: (inner: string, level: number) => string): string {
  return Array.from({ length: depth }, (_, level) => level).reduce(
    around,
    'select clerk from orders where total = 1 limit 3',
  );
}

it.each([
  ['INs', nested(140, (inner) => `select clerk from orders where id in (${inner})`)],
  [
    'derived tables in an IN',
    `select id from orders where clerk in (${nested(26, (inner, level) => `select clerk from (${inner}) as d${level}`)})`,
  ],
])(
  'deeply nested %s take time that grows with their number, and keep what is cut inside',
  async (_what, sql) => {
    const { body } = normalize(await boundOf(sql));

    expect(body).toMatchObject({
      kind: 'block',
      block: { barriers: ['not unique: limit inside a subquery'] },
    });
  },
);
