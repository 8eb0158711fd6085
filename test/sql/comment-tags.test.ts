import { describe, expect, it } from 'vitest';
import type { CommentTags } from '../../src/sql/comment-tags.ts';
import { readCommentTags, servedComment } from '../../src/sql/comment-tags.ts';
import { dialectOf } from '../../src/sql/dialects.ts';

function read(sql: string): CommentTags {
  return readCommentTags(sql, dialectOf('duckdb'));
}

describe('readCommentTags', () => {
  it('finds nothing where nothing is said', () => {
    expect(read('select 1')).toEqual({ pairs: {} });
    expect(read('/* nightly numbers, see wiki */ select 1')).toEqual({ pairs: {} });
  });

  it('reads sqlcommenter pairs, decoded', () => {
    expect(
      read(`select 1 /*action='%2Fa%20b',controller='it\\'s',db%2Ddriver='pg'*/`).pairs,
    ).toEqual({
      action: '/a b',
      controller: "it's",
      'db-driver': 'pg',
    });
  });

  it('reads marginalia pairs', () => {
    expect(read('/*application:Shop,controller:products,action:index*/ select 1').pairs).toEqual({
      application: 'Shop',
      controller: 'products',
      action: 'index',
    });
  });

  it('reads the comment of dbt', () => {
    const tags = read(
      `/* {"app": "dbt", "dbt_version": "1.9.1", "node_id": "model.shop.orders"} */ select 1`,
    );

    expect(tags).toMatchObject({ tool: 'dbt', pairs: { node_id: 'model.shop.orders' } });
  });

  it('reads the context of Looker', () => {
    const tags = read(`select 1 -- Looker Query Context '{"user_id":7,"history_slug":"ab"}'`);

    expect(tags).toEqual({ tool: 'looker', pairs: { user_id: '7', history_slug: 'ab' } });
  });

  it('reads the remark of Metabase', () => {
    const tags = read('-- Metabase:: userID: 1 queryType: MBQL queryHash: ab12\nselect 1');

    expect(tags).toEqual({
      tool: 'metabase',
      pairs: { userID: '1', queryType: 'MBQL', queryHash: 'ab12' },
    });
  });

  it('reads nested JSON with dotted keys', () => {
    const tags = read('/* {"tableau-query-origins":{"dashboard":{"name":"Sales"}}} */ select 1');

    expect(tags).toEqual({
      tool: 'tableau',
      pairs: { 'tableau-query-origins.dashboard.name': 'Sales' },
    });
  });

  it('reads who types in the SQL Lab of Superset', () => {
    expect(read('-- [SQL LAB] ada 2026-01-01\nselect 1')).toEqual({
      tool: 'superset',
      pairs: { username: 'ada' },
    });
  });

  it('knows our own statements', () => {
    expect(read(`/* goldsmith='build',cycle='7' */ create table t as select 1`)).toMatchObject({
      tool: 'goldsmith',
      own: 'build',
    });
  });

  it.each(['route', 'hold-out'] as const)('reads back what was served by %s', (served) => {
    const tag = { served, mart: `gold."it's, 100% */ mine"`, template: 'ab'.repeat(16) };

    const tags = read(`${servedComment(tag)} select 1 /*application='shop'*/`);

    expect(tags.served).toEqual(tag);
    expect(tags.own).toBeUndefined();
    expect(tags.pairs['application']).toBe('shop');
  });

  it('does not believe a served tag without a fingerprint', () => {
    expect(
      read(`/*goldsmith_served='route',goldsmith_mart='m',goldsmith_template='x'*/ select 1`)
        .served,
    ).toBeUndefined();
  });

  it('takes no string for a comment', () => {
    expect(read(`select '/*goldsmith=''build''*/', '-- {"app": "dbt"}'`)).toEqual({ pairs: {} });
  });

  it.each(['/*', "/*a='", '-- {"app": ', "/*%%%='%zz'*/", '/*{}*/', '--Metabase::'])(
    'survives %j',
    (sql) => {
      expect(() => read(`${sql} select 1`)).not.toThrow();
    },
  );

  it('gives no key power over objects', () => {
    const { pairs } = read(`/*__proto__='x',constructor='y'*/ select 1`);

    expect(Object.getPrototypeOf(pairs)).toBe(Object.prototype);
    expect(pairs['constructor']).toBe('y');
  });
});
