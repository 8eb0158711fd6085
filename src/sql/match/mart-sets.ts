import type { BitSet } from './bit-sets.ts';
import { bitSetOf, both, either, numbersIn, without } from './bit-sets.ts';
import type { MartTraits, Need, QueryTraits } from './traits.ts';

/** A mart by its number, with the tables it reads. */
export interface NumberedMart {
  readonly number: number;
  readonly tables: BitSet;
  readonly traits: MartTraits | undefined;
  /** Whether base tables may be joined to it. */
  readonly joinsBase: boolean;
  /** Whether facts may prove that a table of it changes nothing. */
  readonly hasKeys: boolean;
}

/** All marts as sets: a question to all of them costs a few operations on words of 32 marts. */
export interface MartSets {
  /** Marts that may stand for all or a part of these tables. */
  readonly over: (tables: BitSet) => BitSet;
  /** Those that read one of the tables. */
  readonly touching: (tables: BitSet) => BitSet;
  /** Of those, the ones that no trait tells apart from an answer, and the others by how near they are. */
  readonly sift: (marts: BitSet, query: QueryTraits) => Sifted;
}

export interface Sifted {
  readonly fit: BitSet;
  /** Nearest first. */
  readonly unfit: readonly BitSet[];
}

export function martSets(marts: readonly NumberedMart[]): MartSets {
  const all = numbersOf(marts, () => true);
  const joining = numbersOf(marts, (mart) => mart.joinsBase);
  const unkeyed = numbersOf(marts, (mart) => !mart.hasKeys);
  const grouped = numbersOf(marts, ({ traits }) => traits?.isGrouped === true);
  const unknown = numbersOf(marts, ({ traits }) => traits === undefined);
  const byTable = inverted(marts, (mart) => mart.tables);
  const byRowColumn = inverted(marts, ({ traits }) => traits?.rowColumns ?? []);
  const byColumn = inverted(marts, ({ traits }) => traits?.columns ?? []);
  const byConditioned = inverted(marts, ({ traits }) => traits?.conditioned ?? []);

  const anyOf = (index: ReadonlyMap<number, BitSet>, names: BitSet): BitSet =>
    [...numbersIn(names)].reduce<BitSet>((set, name) => either(set, index.get(name) ?? []), []);
  /** Marts that give one of the columns, or do not read the table they are of. */
  const giving = (need: Need, index: ReadonlyMap<number, BitSet>): BitSet =>
    either(anyOf(index, need.anyOf), without(all, anyOf(byTable, need.table)));
  const givingAll = (needs: readonly Need[], index: ReadonlyMap<number, BitSet>): BitSet =>
    needs.reduce((set, need) => both(set, giving(need, index)), all);

  return {
    over(tables) {
      const touched = anyOf(byTable, tables);
      const whole = [...numbersIn(tables)].reduce(
        (set, table) => both(set, byTable.get(table) ?? []),
        touched,
      );
      const beyond = [...byTable].reduce<BitSet>(
        (set, [table, own]) => (isIn(tables, table) ? set : either(set, own)),
        [],
      );
      return without(either(whole, both(touched, joining)), both(unkeyed, beyond));
    },
    touching: (tables) => anyOf(byTable, tables),
    sift(asked, query) {
      const filters = query.filters.reduce(
        (set, filter) =>
          both(
            set,
            either(anyOf(byConditioned, filter.reads), givingAll(filter.needs, byRowColumn)),
          ),
        all,
      );
      const rows = query.isGrouped ? all : without(all, grouped);
      const columns = both(
        givingAll(query.rowNeeds, byRowColumn),
        givingAll(query.needs, byColumn),
      );
      const untold = both(asked, unknown);
      const filtered = both(asked, filters);
      const told = both(filtered, rows);
      return {
        fit: either(untold, both(told, columns)),
        unfit: [
          without(without(told, columns), untold),
          without(without(asked, filters), untold),
          without(without(filtered, rows), untold),
        ],
      };
    },
  };
}

function numbersOf(
  marts: readonly NumberedMart[],
  passes: (mart: NumberedMart) => boolean,
): BitSet {
  return bitSetOf(marts.flatMap((mart) => (passes(mart) ? [mart.number] : [])));
}

/** For each name of a mart the set of marts that have it. */
function inverted(
  marts: readonly NumberedMart[],
  namesOf: (mart: NumberedMart) => BitSet,
): ReadonlyMap<number, BitSet> {
  const numbers = new Map<number, number[]>();
  for (const mart of marts) {
    for (const name of numbersIn(namesOf(mart))) {
      const having = numbers.get(name) ?? [];
      having.push(mart.number);
      numbers.set(name, having);
    }
  }
  return new Map([...numbers].map(([name, having]) => [name, bitSetOf(having)]));
}

function isIn(set: BitSet, number: number): boolean {
  return ((set[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
}
