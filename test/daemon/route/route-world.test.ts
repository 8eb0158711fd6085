import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/base/clock.ts';
import type { RelationId } from '../../../src/base/relation.ts';
import { freshMarts, type ServableMart } from '../../../src/daemon/route/route-world.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import type { MartDefinition, MartVersion } from '../../../src/marts/mart.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { aMart, aVersion } from '../../builders/a-mart.ts';

const NOW = Date.parse('2026-03-19T03:00:00Z');
const relation = 'shop.gold.m' as RelationId;
const definition: MartDefinition = {
  relation,
  origin: 'candidate',
  sql: 'select 1 as a',
  columns: [{ name: 'a', type: 'INTEGER' }],
  sources: [],
  obligations: [],
  maxStalenessMs: 24 * HOUR_MS,
};

function servable(changes: Partial<MartVersion>): ServableMart {
  const query = {
    body: { kind: 'opaque', because: 'a test' },
    outputs: ['a'],
    orderBy: [],
  } as const;
  return {
    mart: aMart(definition, { current: aVersion(definition, changes) }),
    view: { relation, query, columns: definition.columns, facts: noFacts },
  };
}

function ask(mart: ServableMart) {
  const dialect = 'duckdb';
  const schema = indexSchema({ relations: [] }, dialectOf(dialect));
  return freshMarts({ schema, names: {}, dialect, marts: [mart] }, NOW);
}

describe('the marts route answers from', () => {
  it('are tables that are fresh', () => {
    const table = servable({});

    expect(ask(table)).toEqual({ fresh: [table], stale: [] });
  });

  it('are never what the warehouse changes in its place, fresh or not: named, it answers', () => {
    const kept = servable({ native: { kind: 'dynamic table', refreshes: 1, sinceWhole: 1 } });

    expect(ask(kept)).toEqual({
      fresh: [],
      stale: [
        {
          code: 'MART_NATIVE',
          text: expect.stringMatching(/^shop\.gold\.m is a dynamic table that/),
        },
      ],
    });
  });
});
