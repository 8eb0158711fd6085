import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { CatalogRelation, Connector, Session } from '../../src/connectors/connector.ts';

const NOW = Date.UTC(2026, 10, 22);

/** A warehouse whose catalog is read by marks; people write in the words of its server's engine. */
export interface CatalogWorld<Known> {
  readonly connector: Connector;
  people(sql: string): Promise<void>;
  /** As it is written in a statement of people, and as it is told. */
  readonly named: (name: string) => string;
  readonly idOf: (name: string) => string;
  defineView(name: string, select: string): Promise<void>;
  /** From now on the text of the view is not told to us; and told again. Absent where a view is told whole or not at all. */
  readonly text?: {
    keep(name: string): Promise<void>;
    tell(name: string, select: string): Promise<void>;
  };
  /** People say of `orders` that it is the sales team's, and that its amount is `in euro` and no personal data, as far as they can. */
  say(): Promise<void>;
  read(look: {
    readonly session: Pick<Session, 'query'>;
    readonly known: Known | undefined;
    readonly now: number;
  }): Promise<{ readonly relations: readonly CatalogRelation[]; readonly known: Known }>;
  close(): Promise<void>;
}

export interface CatalogSubject<Known> {
  readonly name: string;
  open(): Promise<CatalogWorld<Known>>;
  /** Statements of a reading when nothing changed. */
  readonly least: number;
  /** Picks the statements that ask for columns. */
  readonly columns: RegExp;
  /** What is told of `orders` and of its amount once people said so. */
  readonly said: {
    readonly tags: Readonly<Record<string, string>>;
    readonly amount: Pick<CatalogRelation['columns'][number], 'comment' | 'tags'>;
  };
  /** That it tells of views whose text it keeps from us. */
  readonly keepsTexts: boolean;
}

/** What a catalog that is read again asks for, and that it tells what one who knows nothing is told. */
export function catalogConformance<Known>(subject: CatalogSubject<Known>): void {
  describe(`the catalog of ${subject.name}, read again`, () => {
    let world: CatalogWorld<Known>;
    let known: Known | undefined;
    let asked: string[];

    beforeAll(async () => {
      world = await subject.open();
    });
    afterAll(async () => {
      await world.close();
    });

    async function read(now = NOW): Promise<readonly CatalogRelation[]> {
      asked = [];
      const session: Pick<Session, 'query'> = {
        query(sql, options) {
          asked.push(sql);
          return world.connector.query(sql, options);
        },
      };
      const result = await world.read({ session, known, now });
      known = result.known;
      return result.relations;
    }

    /** What one who knows nothing reads. */
    async function readAnew(): Promise<readonly CatalogRelation[]> {
      return (await world.read({ session: world.connector, known: undefined, now: NOW })).relations;
    }

    const askedForColumns = () => asked.filter((text) => subject.columns.test(text));
    const found = (relations: readonly CatalogRelation[], name: string) =>
      relations.find(({ id }) => id === world.idOf(name));

    beforeEach(async () => {
      const { named } = world;
      for (const sql of [
        `create or replace table ${named('orders')} (id bigint primary key, amount decimal(12, 2))`,
        `create or replace table ${named('customers')} (id bigint)`,
      ]) {
        await world.people(sql);
      }
      await world.defineView('big', `select id from ${named('orders')}`);
      known = undefined;
      await read();
    });

    it('tells what was read before where nothing changed, and asks for no columns', async () => {
      expect(await read()).toEqual(await readAnew());
      expect(asked).toHaveLength(subject.least);
    });

    it('tells what people say of tables and columns, a day later where that leaves no mark', async () => {
      await world.say();

      for (const relations of [await readAnew(), await read(NOW + DAY_MS)]) {
        const orders = found(relations, 'orders');
        expect(orders).toMatchObject({ tags: subject.said.tags });
        expect(orders?.columns[1]).toMatchObject(subject.said.amount);
        expect(orders?.columns[0]).not.toHaveProperty('tags');
        expect(found(relations, 'customers')).not.toHaveProperty('tags');
      }
    });

    it('asks for the columns of what changed alone, whatever changed of it', async () => {
      const { named, idOf } = world;
      const [orders, customers] = [named('orders'), named('customers')];
      for (const [name, change] of [
        ['orders', `alter table ${orders} add column note varchar`],
        ['customers', `alter table ${customers} rename column id to "key"`],
        ['customers', `alter table ${customers} alter column "key" type varchar`],
        ['new', `create table ${named('new')} as select 1 as n`],
        ['customers', `create or replace table ${customers} (id bigint primary key)`],
      ] as const) {
        await world.people(change);
        await read();

        const [, schema, table] = /^(.*)\.(.*)$/.exec(idOf(name)) ?? [];
        expect(askedForColumns(), change).toEqual([
          expect.stringContaining(`in (('${schema}', '${table}'))`),
        ]);
      }
      const told = await read();
      await world.people(`drop table ${named('new')}`);
      expect(found(told, 'customers')?.columns).toMatchObject([
        { name: expect.stringMatching(/^id$/i) },
      ]);
      expect(found(told, 'customers')?.keys).toHaveLength(1);
      expect(found(told, 'new')?.columns).toHaveLength(1);
      expect(await read()).toEqual(await readAnew());
    });

    it('tells a view that was defined anew', async () => {
      await world.defineView('big', `select amount from ${world.named('orders')}`);

      const relations = await read();

      expect(relations).toEqual(await readAnew());
      expect(found(relations, 'big')?.definitionSql).toMatch(/select amount/i);
    });

    it('forgets what was dropped, and tells rows that came', async () => {
      await world.people(`drop view ${world.named('big')}`);
      await world.people(`insert into ${world.named('customers')} values (1), (2)`);

      const relations = await read();

      expect(found(relations, 'big')).toBeUndefined();
      expect(found(relations, 'customers')?.rows).toBe(2);
    });

    it.runIf(subject.keepsTexts)(
      'looks again for the text of a view that was kept from it',
      async () => {
        await world.text?.keep('big');
        known = undefined;
        const before = await read();
        await world.text?.tell('big', `select id from ${world.named('orders')}`);

        expect(found(before, 'big')?.definitionSql).toBeUndefined();
        expect(found(await read(), 'big')?.definitionSql).toBeDefined();
      },
    );

    it.each([
      ['a day later', DAY_MS],
      ['by a clock that was put back', -1],
    ])('reads everything again %s', async (_when, later) => {
      await read(NOW + later);

      expect(askedForColumns()).toEqual([expect.not.stringContaining(' in ((')]);
    });
  });
}
