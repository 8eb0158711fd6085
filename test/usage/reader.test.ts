import { describe, expect, it } from 'vitest';
import { readCommentTags } from '../../src/sql/comment-tags.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { ReaderQuestion } from '../../src/usage/reader.ts';
import { readerOf } from '../../src/usage/reader.ts';
import { readerSettings } from '../../src/usage/reader-settings.ts';
import type { Reader } from '../../src/usage/template.ts';

function read(comment: string, row: ReaderQuestion['row'] = {}, rules: unknown[] = []): Reader {
  return readerOf({
    row,
    tags: readCommentTags(`${comment}\nselect 1`, dialectOf('duckdb')),
    rules: readerSettings.parse({ rules }).rules,
  });
}

describe('readerOf', () => {
  it.each<[string, string, Reader]>([
    [
      'a dbt model',
      '/* {"app": "dbt", "node_id": "model.shop.orders"} */',
      { kind: 'pipeline', name: 'model.shop.orders', tool: 'dbt' },
    ],
    [
      'a dbt test',
      '/* {"app": "dbt", "node_id": "test.shop.unique_id.ab"} */',
      { kind: 'test', name: 'test.shop.unique_id.ab', tool: 'dbt' },
    ],
    [
      'a dbt source freshness check',
      '/* {"app": "dbt", "node_id": "source.shop.raw.orders"} */',
      { kind: 'test', name: 'source.shop.raw.orders', tool: 'dbt' },
    ],
    [
      'a dbt model as a CI target builds it',
      '/* {"app": "dbt", "target_name": "slim_ci", "node_id": "model.shop.orders"} */',
      { kind: 'test', name: 'model.shop.orders', tool: 'dbt' },
    ],
    [
      'a dbt model in a schema of one pull request',
      '/* {"app": "dbt", "target_name": "default", "target_schema": "dbt_cloud_pr_12_345", "node_id": "model.shop.orders"} */',
      { kind: 'test', name: 'model.shop.orders', tool: 'dbt' },
    ],
    [
      'a dbt model built because of a pull request',
      '/* {"app": "dbt", "dbt_cloud_run_reason_category": "github_pull_request", "node_id": "model.shop.orders"} */',
      { kind: 'test', name: 'model.shop.orders', tool: 'dbt' },
    ],
    [
      'a dbt model of a target whose name only looks a bit like CI',
      '/* {"app": "dbt", "target_name": "prod_city", "target_schema": "apr_2026", "node_id": "model.shop.orders"} */',
      { kind: 'pipeline', name: 'model.shop.orders', tool: 'dbt' },
    ],
    [
      'a dbt run without a node',
      '/* {"app": "dbt", "profile_name": "shop", "connection_name": "master"} */',
      { kind: 'pipeline', name: 'shop', tool: 'dbt' },
    ],
    [
      'Looker, by its user and not by the slug of the run',
      `-- Looker Query Context '{"user_id":7,"history_slug":"ab"}'`,
      { kind: 'dashboard', name: 'looker user 7', tool: 'looker' },
    ],
    [
      'Metabase',
      '-- Metabase:: userID: 3 queryType: MBQL queryHash: ab',
      { kind: 'dashboard', name: 'metabase user 3', tool: 'metabase' },
    ],
    [
      'a dashboard of Metabase',
      '/* partner: "metabase", {"dashboard_id":5,"chart_id":null,"optional_user_id":1} */',
      { kind: 'dashboard', name: 'metabase dashboard 5', tool: 'metabase' },
    ],
    [
      'a person writing SQL in Metabase',
      '/* {"client":"Metabase","context":"ad-hoc","queryType":"native","userId":3} */',
      { kind: 'person', name: 'metabase user 3', tool: 'metabase' },
    ],
    [
      'Tableau',
      '/* {"tableau-query-origins":{"worksheet":{"name":"Margin"}}} */',
      { kind: 'dashboard', name: 'Margin', tool: 'tableau' },
    ],
    [
      'a person in the SQL Lab of Superset',
      '-- [SQL LAB] ada 2026-01-01',
      { kind: 'person', name: 'ada', tool: 'superset' },
    ],
    [
      'a page of an application',
      `/*application='shop',controller='orders',action='index'*/`,
      { kind: 'dashboard', name: 'shop orders#index', tool: 'sqlcommenter' },
    ],
    [
      'a job of an application',
      `/*application='shop',job='Rollup'*/`,
      { kind: 'pipeline', name: 'shop Rollup', tool: 'sqlcommenter' },
    ],
    [
      'a task of Airflow',
      '/* {"dag_id": "nightly", "task_id": "load"} */',
      { kind: 'pipeline', name: 'nightly.load', tool: 'airflow' },
    ],
    ['an agent', `/*agent='margin-bot'*/`, { kind: 'agent', name: 'margin-bot', tool: 'agent' }],
    [
      'ourselves',
      `/* goldsmith='verify' */`,
      { kind: 'goldsmith', name: 'goldsmith', tool: 'goldsmith' },
    ],
  ])('knows %s by the comment', (_what, comment, reader) => {
    expect(read(comment)).toEqual(reader);
  });

  it.each<[string, ReaderQuestion['row'], 'test' | 'pipeline']>([
    ['the schema of the session', { schema: 'DBT_CLOUD_PR_12_345' }, 'test'],
    ['the relation it writes', { text: 'create table "db"."dbt_cloud_pr_1_2"."t" as x' }, 'test'],
    ['a relation it reads', { text: 'select 1 from DBT_CI_ANN.orders' }, 'test'],
    [
      'a word in a string or a column of such a name',
      { text: "select dbt_ci, 'dbt_ci' from t" },
      'pipeline',
    ],
    [
      'a schema of production',
      { schema: 'analytics', text: 'select 1 from dbt_prod.t' },
      'pipeline',
    ],
  ])('counts a dbt model by %s', (_what, row, kind) => {
    expect(read('/* {"app": "dbt", "node_id": "model.shop.orders"} */', row)).toMatchObject({
      kind,
    });
  });

  it('takes nobody else for CI by the names of schemas alone', () => {
    const row = { user: 'ana', schema: 'pr_12', text: 'select 1 from dbt_ci.orders' };

    expect(read('', row)).toMatchObject({ kind: 'person', name: 'ana' });
  });

  it.each<[string, ReaderQuestion['row'], Reader]>([
    [
      'Superset',
      { user: 'bi', client: 'Apache Superset' },
      { kind: 'dashboard', name: 'bi', tool: 'superset' },
    ],
    [
      'Power BI',
      { user: 'bi', client: 'Microsoft Power BI' },
      { kind: 'dashboard', name: 'bi', tool: 'powerbi' },
    ],
    [
      'DBeaver',
      { user: 'ada', client: 'DBeaver 24.1' },
      { kind: 'person', name: 'ada', tool: 'dbeaver 24.1' },
    ],
    [
      'Fivetran',
      { user: 'ft', client: 'Fivetran' },
      { kind: 'pipeline', name: 'ft', tool: 'fivetran' },
    ],
    [
      'an agent',
      { user: 'ada', client: 'sales-agent' },
      { kind: 'agent', name: 'sales-agent', tool: 'agent' },
    ],
    [
      'a service account',
      { user: 'svc_loader' },
      { kind: 'pipeline', name: 'svc_loader', tool: '' },
    ],
    ['a person', { user: 'ada', client: 'thing' }, { kind: 'person', name: 'ada', tool: 'thing' }],
    ['nobody', {}, { kind: 'unknown', name: 'unknown', tool: '' }],
    [
      'Tableau by a query tag',
      {
        user: 'bi',
        tags: { QUERY_TAG: '{"tableau-query-origins":{"dashboard":{"name":"Sales"}}}' },
      },
      { kind: 'dashboard', name: 'Sales', tool: 'tableau' },
    ],
  ])('knows %s by the row', (_what, row, reader) => {
    expect(read('', row)).toEqual(reader);
  });

  it("lets the operator's rules go before comments, but not before our own tag", () => {
    const rules = [{ user: 'svc_*', kind: 'dashboard', name: 'wall display' }];

    expect(read(`/*application='shop'*/`, { user: 'SVC_wall' }, rules).name).toBe('wall display');
    expect(read(`/* goldsmith='build' */`, { user: 'svc_wall' }, rules).kind).toBe('goldsmith');
    expect(read('', { user: 'ada' }, rules).kind).toBe('person');
  });

  it('asks for a pattern in each rule', () => {
    const { error } = readerSettings.safeParse({ rules: [{ kind: 'person' }] });

    expect(error?.issues[0]?.message).toBe(
      'a reader rule needs a user, a client or a role pattern',
    );
  });
});
