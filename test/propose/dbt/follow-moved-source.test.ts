import { describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import { draftMovedSource } from '../../../src/propose/dbt/draft-moved-source.ts';
import { followMovedSource } from '../../../src/propose/dbt/follow-moved-source.ts';

const PRODUCTS = relationId({ schema: 'silver', name: 'products' });
const to = (schema: string, name: string) => relationId({ schema, name });

function followed(text: string, moved: RelationId): string {
  const source = { source: 'silver', name: 'products', relation: PRODUCTS };
  const outcome = followMovedSource({ text, source, to: moved });
  return outcome.kind === 'edited' ? outcome.text : outcome.because;
}

const SOURCES = `sources:
  - name: silver
    tables:
      - name: stores
      - name: products   # what is sold
        columns: [{name: brand}]
`;

describe('a YAML file whose source table was moved', () => {
  it('says its identifier behind its name, every other byte as it was', () => {
    expect(followed(SOURCES, to('silver', 'goods'))).toBe(
      SOURCES.replace('# what is sold\n', '# what is sold\n        identifier: goods\n'),
    );
  });

  it.each([
    [
      'where one stood',
      '[{name: silver, tables: [{name: products, identifier: old}]}]',
      '[{name: silver, tables: [{name: products, identifier: goods}]}]',
    ],
    [
      'in braces',
      '[{name: silver, tables: [{name: products}]}]',
      '[{name: silver, tables: [{name: products, identifier: goods}]}]',
    ],
  ])('says it %s', (_where, before, after) => {
    expect(followed(`sources: ${before}\n`, to('silver', 'goods'))).toBe(`sources: ${after}\n`);
  });

  it('says it in quotes where dbt would take it for something else', () => {
    expect(followed(SOURCES, to('silver', 'no'))).toContain('\n        identifier: "no"\n');
  });

  it('says the schema where it is the only table of its source', () => {
    const alone = SOURCES.replace('      - name: stores\n', '');

    expect(followed(alone, to('bronze', 'products'))).toBe(
      alone.replace('- name: silver\n', '- name: silver\n    schema: bronze\n'),
    );
    expect(followed(SOURCES, to('bronze', 'products'))).toContain(
      'its table is in the schema bronze now, where the other tables of the source are not',
    );
  });

  it.each([
    [
      'it is not declared there',
      'sources: []\n',
      'it does not declare the table, or more than once',
    ],
    [
      'Jinja says the identifier',
      'sources: [{name: silver, tables: [{name: products, identifier: "{{ var(1) }}"}]}]\n',
      'it is written there in a way that is not edited',
    ],
    [
      'an anchor hands it to another table',
      'sources:\n- name: silver\n  tables:\n  - &it\n    name: products\n  - *it\n',
      'it is written there in a way that is not edited',
    ],
  ])('is left as it is where %s', (_what, text, because) => {
    expect(followed(text, to('silver', 'goods'))).toBe(because);
  });
});

describe('the question whether a source follows its table', () => {
  const draft = (text: string | undefined) =>
    draftMovedSource({
      source: {
        id: 'source.shop.silver.products',
        source: 'silver',
        name: 'products',
        package: 'shop',
        relation: PRODUCTS,
        relationText: 'silver.products',
        path: 'models/sources.yml',
        columns: [],
      },
      change: {
        kind: 'relation-moved',
        relation: PRODUCTS,
        to: to('silver', 'goods'),
        evidence: [],
      },
      text,
      path: 'transform',
      models: ['facts'],
      readers: [],
      runsPerDay: 0,
    });

  it('names the models that fail without it, and holds the file', () => {
    expect(draft(SOURCES)).toMatchObject({
      kind: 'edit',
      relation: PRODUCTS,
      files: [{ path: 'transform/models/sources.yml' }],
      body: {
        title: 'Follow the moved table of dbt source silver.products',
        because:
          'silver.products is now silver.goods (a guess). As it stands, the next run of facts fails. Models go on naming the source as they do; all else in the file stays byte for byte.',
      },
    });
  });

  it('is none where its file says so already: it was merged, and dbt has not read it yet', () => {
    const [file] = draft(SOURCES)?.files ?? [];

    expect(draft(file?.text)).toBeUndefined();
  });

  it('is a suggestion where the file is not there', () => {
    expect(draft(undefined)).toMatchObject({
      files: [],
      body: {
        title: 'dbt source silver.products has to follow its table',
        because: expect.stringContaining(
          'Goldsmith does not edit models/sources.yml itself: it is not there.',
        ),
      },
    });
  });
});
