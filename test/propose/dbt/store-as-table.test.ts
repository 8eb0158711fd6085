import { describe, expect, it } from 'vitest';
import { storeAsTable } from '../../../src/propose/dbt/store-as-table.ts';

function stored(source: string): string {
  const outcome = storeAsTable(source);
  return outcome.kind === 'text' ? outcome.text : outcome.because;
}

describe('a view of a dbt project made a table', () => {
  it.each([
    [
      "{{ config(materialized='view', tags=['a']) }}\nselect 1",
      "{{ config(materialized='table', tags=['a']) }}\nselect 1",
    ],
    [
      '{{\n  config(\n    tags = ["a"],\n    materialized = "view"\n  )\n}}\nselect 1',
      '{{\n  config(\n    tags = ["a"],\n    materialized = "table"\n  )\n}}\nselect 1',
    ],
    ["{{ config(tags='a') }} select 1", "{{ config(materialized='table', tags='a') }} select 1"],
    [
      "{{\n  config(\n    tags='a'\n  )\n}}\nselect 1",
      "{{\n  config(\n    materialized='table',\n    tags='a'\n  )\n}}\nselect 1",
    ],
    [
      "select * from {{ ref('a') }}",
      "{{ config(materialized='table') }}\n\nselect * from {{ ref('a') }}",
    ],
    [
      'select *\r\nfrom {{ ref("a") }}',
      '{{ config(materialized="table") }}\r\n\r\nselect *\r\nfrom {{ ref("a") }}',
    ],
  ])('says so in its own configuration: %j', (source, after) => {
    expect(stored(source)).toBe(after);
  });

  it.each([
    [
      "{% if x %}{{ config(materialized='view') }}{% endif %} select 1",
      'Jinja decides how it is configured',
    ],
    ['{{ config(a=1) }}{{ config(b=2) }} select 1', 'Jinja decides how it is configured'],
    [
      "{{ config(materialized=var('how', 'view')) }} select 1",
      'an expression decides how it is materialized',
    ],
    [
      "{{ config({'materialized': 'view'}) }} select 1",
      'an expression decides how it is materialized',
    ],
    ['{{ config(**options) }} select 1', 'an expression decides how it is materialized'],
  ])('is left to people where it is not certain: %j', (source, because) => {
    expect(stored(source)).toBe(because);
  });
});
