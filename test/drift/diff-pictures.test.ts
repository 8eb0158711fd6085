import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { diffPictures } from '../../src/drift/diff-pictures.ts';
import { describeChange, isGuess } from '../../src/drift/schema-change.ts';
import type { PicturedRelation, SchemaPicture } from '../../src/drift/schema-picture.ts';

const ORDERS = 'shop.orders' as RelationId;

interface Given {
  readonly id?: RelationId;
  readonly kind?: 'table' | 'view';
  readonly keys?: readonly (readonly string[])[];
  readonly references?: readonly string[];
  readonly identity?: string;
  readonly definitionDigest?: string;
}

/** `id bigint!` is a column that cannot be NULL. */
function relation(columns: string, given: Given = {}): PicturedRelation {
  const { id = ORDERS, kind = 'table', keys = [], references = [], ...rest } = given;
  return {
    id,
    kind,
    columns: columns.split(/, (?![0-9])/).map((text) => {
      const [name = '', ...type] = text.replace('!', '').split(' ');
      return { name, type: type.join(' '), notNull: text.endsWith('!') };
    }),
    keys: keys.map((names) => ({ columns: names, primary: true })),
    foreignKeys: references.map((name) => ({
      columns: [name],
      references: 'shop.customers' as RelationId,
      referencedColumns: ['id'],
    })),
    ...rest,
  };
}

function picture(...relations: readonly PicturedRelation[]): SchemaPicture {
  return { takenAt: 0, relations };
}

function told(
  before: SchemaPicture,
  after: SchemaPicture,
  seen: Parameters<typeof diffPictures>[2] = { seen: [] },
) {
  return diffPictures(before, after, seen).map(describeChange);
}

describe('diffPictures', () => {
  it('finds nothing between equal pictures, whatever the case and spacing of types', () => {
    const before = picture(relation('id bigint!, price DECIMAL(10, 2)'));
    const after = picture(relation('id BIGINT!, price decimal(10,2)'));
    expect(diffPictures(before, after)).toEqual([]);
  });

  it('tells columns that came and went, with their types', () => {
    const before = picture(relation('id bigint!, fax varchar'));
    const after = picture(relation('id bigint!, paid boolean'));
    expect(told(before, after)).toEqual([
      'shop.orders.fax (varchar) is gone',
      'shop.orders.paid (boolean) is new',
    ]);
  });

  it('guesses a rename from place, likeness and being alone, and says that it guesses', () => {
    const before = picture(relation('id bigint!, cust_id bigint, total double'));
    const after = picture(relation('id bigint!, customer_id bigint, total double'));
    const changes = diffPictures(before, after);
    expect(changes.map(isGuess)).toEqual([true]);
    expect(changes.map(describeChange)).toEqual([
      'shop.orders.cust_id is now called customer_id (a guess: it stands in the same place, the names are alike, nothing else of this type came or went)',
    ]);
  });

  it('knows a rename whose statement was seen, even with another type and place', () => {
    const before = picture(relation('id bigint!, a integer, total double'));
    const after = picture(relation('id bigint!, total double, zz bigint'));
    const seen = [{ relation: ORDERS, from: 'a', to: 'zz' }];
    const changes = diffPictures(before, after, { seen });
    expect(changes.map(isGuess)).toEqual([false, false]);
    expect(changes.map(describeChange)).toEqual([
      'shop.orders.a is now called zz (the statement was seen)',
      'shop.orders.a was widened from integer to bigint',
    ]);
  });

  it('takes the key column for renamed by its role in keys and references', () => {
    const before = picture(
      relation('k bigint!, c bigint, total double', { keys: [['k']], references: ['c'] }),
    );
    const after = picture(
      relation('total double, buyer bigint, number bigint!', {
        keys: [['number']],
        references: ['buyer'],
      }),
    );
    expect(diffPictures(before, after).map(({ kind }) => kind)).toEqual([
      'column-renamed',
      'column-renamed',
    ]);
  });

  it('does not choose between two equal claims', () => {
    const before = picture(relation('id bigint!, amount_a double, amount_b double, note varchar'));
    const after = picture(relation('id bigint!, note varchar, amount_x double'));
    expect(diffPictures(before, after).map(({ kind }) => kind)).toEqual([
      'column-removed',
      'column-removed',
      'column-added',
    ]);
  });

  it('never takes a drop and an unlike addition at the end for a rename', () => {
    const before = picture(relation('id bigint!, fax varchar, total double'));
    const after = picture(relation('id bigint!, total double, loyalty_level varchar'));
    expect(diffPictures(before, after).map(({ kind }) => kind)).toEqual([
      'column-removed',
      'column-added',
    ]);
  });

  it.each([
    ['integer', 'bigint', 'column-widened'],
    ['decimal(10,2)', 'decimal(12,2)', 'column-widened'],
    ['varchar(20)', 'text', 'column-widened'],
    ['real', 'double', 'column-widened'],
    ['bigint', 'integer', 'column-retyped'],
    ['decimal(10,2)', 'decimal(12,4)', 'column-retyped'],
    ['integer', 'decimal(20,0)', 'column-retyped'],
    ['date', 'timestamp', 'column-retyped'],
    ['varchar(20)', 'varchar(10)', 'column-retyped'],
  ])('from %s to %s is %s', (from, to, kind) => {
    const changes = diffPictures(picture(relation(`a ${from}`)), picture(relation(`a ${to}`)));
    expect(changes).toEqual([{ kind, relation: ORDERS, column: 'a', from, to }]);
  });

  it('tells nullability and lost keys, and follows a key through a rename', () => {
    const before = picture(relation('id bigint!, day date!', { keys: [['id', 'day'], ['day']] }));
    const after = picture(relation('order_id bigint!, day date', { keys: [['day', 'order_id']] }));
    expect(told(before, after)).toEqual([
      expect.stringContaining(
        'shop.orders.id is now called order_id (a guess: it stands in the same keys',
      ),
      'shop.orders.day can now be NULL',
      'shop.orders no longer declares (day) as a key',
    ]);
  });

  it('tells a table that was made anew from one that stayed', () => {
    const before = picture(relation('id bigint', { identity: '16384' }));
    const after = picture(relation('id bigint', { identity: '16999' }));
    expect(told(before, after)).toEqual(['shop.orders was dropped and made anew']);
  });

  it('tells a view with another meaning and a view that became a table', () => {
    const view = relation('id bigint', { kind: 'view', definitionDigest: 'one' });
    expect(told(picture(view), picture({ ...view, definitionDigest: 'two' }))).toEqual([
      'the view shop.orders has another definition',
    ]);
    expect(told(picture(view), picture(relation('id bigint')))).toEqual([
      'shop.orders was a view and is a table',
    ]);
  });

  it('follows a table into another schema and tells what changed on the way', () => {
    const before = picture(relation('id bigint, total double'));
    const after = picture(
      relation('id bigint, total double', { id: 'sales.orders' as RelationId }),
    );
    expect(told(before, after)).toEqual([
      'shop.orders is now sales.orders (a guess: the columns are the same, the name is the same, nothing else of this type came or went)',
    ]);
  });

  it('knows a renamed table by the number of its object, whatever else changed', () => {
    const before = picture(relation('id bigint, total double', { identity: '7' }));
    const after = picture(
      relation('id bigint, total double, paid boolean', {
        id: 'shop.purchases' as RelationId,
        identity: '7',
      }),
    );
    const changes = diffPictures(before, after);
    expect(changes.map(isGuess)).toEqual([false, false]);
    expect(changes.map(({ kind }) => kind)).toEqual(['relation-moved', 'column-added']);
  });

  it('does not follow a table where two could be it', () => {
    const before = picture(relation('id bigint'));
    const after = picture(
      relation('id bigint', { id: 'shop.a' as RelationId }),
      relation('id bigint', { id: 'shop.b' as RelationId }),
    );
    expect(diffPictures(before, after).map(({ kind }) => kind)).toEqual([
      'relation-removed',
      'relation-added',
      'relation-added',
    ]);
  });
});
