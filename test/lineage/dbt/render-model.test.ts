import { describe, expect, it } from 'vitest';
import { renderModel } from '../../../src/lineage/dbt/render-model.ts';
import { withEdits } from '../../../src/lineage/dbt/source-map.ts';
import { withoutInjected } from '../../../src/lineage/dbt/without-injected.ts';
import { aModel, aProject } from '../../propose/dbt/a-project.ts';

function rendered(source: string, changes: Parameters<typeof aModel>[0] = {}) {
  const model = aModel({ rawCode: source, ...changes });
  return renderModel(model, { project: aProject(), source });
}

describe('rendering a model', () => {
  it('puts relations where references are, and knows where each part stands', () => {
    const source = `{{ config(tags=['a']) }}\nselect a from {{ ref('orders') }} -- {# b #}`;
    const outcome = rendered(source);

    expect(outcome).toMatchObject({
      kind: 'rendered',
      rendering: { by: 'plain', sql: '\nselect a from "shop"."main"."orders" -- ' },
    });
    const { sql, segments } = outcome.kind === 'rendered' ? outcome.rendering : never();
    for (const each of segments.filter(({ kind }) => kind === 'same')) {
      expect(source.slice(each.sourceStart, each.sourceEnd)).toBe(sql.slice(each.start, each.end));
    }
  });

  it('takes versions, packages and variables set once', () => {
    const outcome = rendered(
      `{% set day = '2024-01-01' %}select * from {{ ref ('shop', 'orders') }} where d > '{{ day }}' and e = '{{ var("x") }}'`,
    );

    expect(outcome).toMatchObject({
      kind: 'rendered',
      rendering: { sql: expect.stringContaining(`"orders" where d > '2024-01-01' and e = '`) },
    });
  });

  it('refuses what only dbt can work out, with the line', () => {
    expect(rendered(`select\n  {{ dbt_utils.star(ref('orders')) }}\nfrom t`)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('run `dbt compile` first'),
      line: 2,
    });
    expect(rendered(`select 1 {% if target.name == 'x' %} where a {% endif %}`)).toMatchObject({
      because: expect.stringContaining('dbt has not compiled it'),
    });
    expect(rendered('select 1 {% if x %}')).toMatchObject({
      because: expect.stringContaining('not closed'),
    });
    expect(rendered('def model(dbt, session): pass', { language: 'python' })).toMatchObject({
      because: 'it is written in python, not in SQL',
    });
  });

  it('lays a compiled text over its source, whatever tags take blanks away', () => {
    const source = `select\n  a,\n  {%- for x in ['b', 'c'] -%}\n  {{ x }}_1,\n  {%- endfor %}\n  d\nfrom {{ ref('orders') }}\n`;
    const compiledCode = 'select\n  a,b_1,c_1,\n  d\nfrom "shop"."main"."orders"';
    const outcome = rendered(source, { compiledCode });

    expect(outcome).toMatchObject({ kind: 'rendered', rendering: { by: 'compiled' } });
    const { segments } = outcome.kind === 'rendered' ? outcome.rendering : never();
    expect(segments.find(({ kind }) => kind === 'controlled')).toMatchObject({
      start: compiledCode.indexOf('b_1'),
      end: compiledCode.indexOf('c_1,') + 4,
      sourceStart: source.indexOf('{%- for'),
    });
  });

  it('counts texts as written by Jinja where they could lie in two ways', () => {
    const outcome = rendered(`select {{ a() }}, {{ b() }} from t`, {
      compiledCode: 'select x, y, z from t',
    });
    const { segments } = outcome.kind === 'rendered' ? outcome.rendering : never();

    expect(segments.filter(({ kind }) => kind === 'made')).toMatchObject([
      { start: 'select '.length, end: 'select x, y, z'.length },
    ]);
  });

  it('takes the full build of an incremental model, not the increment dbt compiled', () => {
    const source = `select a from {{ ref('orders') }}{% if is_incremental() %} where a > 1{% endif %}`;
    const outcome = rendered(source, {
      materialized: 'incremental',
      compiledCode: 'select a from "shop"."main"."orders" where a > 1',
    });

    expect(outcome).toMatchObject({
      rendering: { by: 'plain', sql: 'select a from "shop"."main"."orders"' },
    });
  });

  it('leaves out CTEs of ephemeral models', () => {
    const injected = `__dbt__cte__x as (\n-- a ) in a comment\nselect ')' as a from (select 1)\n)`;

    const both = `-- first\nwith  ${injected}, __dbt__cte__y as (\nselect 2\n), own as (select 1)`;
    expect(withoutInjected(both, '-- first\nwith\n\nown as (select 1)')).toBe(
      '-- first\nwith\n\nown as (select 1)',
    );
    expect(withoutInjected(`with ${injected}select a from __dbt__cte__x`, 'select a')).toBe(
      'select a from __dbt__cte__x',
    );
    expect(withoutInjected('select 1', 'select 1')).toBe('select 1');
  });
});

describe('changing a text in places', () => {
  it('leaves every other byte', () => {
    const edits = [
      { start: 8, end: 9, text: '' },
      { start: 2, end: 4, text: 'XYZ' },
      { start: 5, end: 5, text: '+' },
    ];

    expect(withEdits('0123456789', edits)).toBe('01XYZ4+5679');
  });
});

function never(): never {
  throw new Error('it was not rendered');
}
