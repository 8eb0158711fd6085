import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../../sql/bound.ts';
import { authorOnce } from '../author-once.ts';
import type { Candidate, NotEnumerated } from '../candidate.ts';
import type { EnumerationInput, Enumerator, Reading } from '../enumeration.ts';
import { byPlace, refTo } from '../expressions.ts';
import { orientStar } from '../join-star.ts';
import { edgeKey, type JoinEdge, type StarBlock } from '../star-block.ts';

const MOST_COLUMNS = 60;

/**
 * Wide marts: a frequent set of joins with every column its statements touch, one row per row of the anchor.
 * Whoever reads a part of the set is answered too, since the joins neither multiply nor lose rows.
 */
export const prejoined: Enumerator = {
  id: 'prejoined',

  enumerate(input) {
    const candidates: Candidate[] = [];
    const not: NotEnumerated[] = [];
    for (const set of joinSetsOf(input)) {
      const { relations } = set;
      const about = relations.join(' with ');
      const star = orientStar(set, input.world);
      if (star === undefined) {
        continue;
      }
      const columns = touchedColumns(set, input);
      if (columns.length > MOST_COLUMNS) {
        const because = `its statements touch ${columns.length} columns, and a wide mart holds at most ${MOST_COLUMNS}`;
        not.push({ enumerator: 'prejoined', about, because });
        continue;
      }
      const draft = {
        enumerator: 'prejoined',
        star,
        relations,
        baked: [],
        values: columns,
      } as const;
      const authored = authorOnce(set, { draft, parts: input });
      if ('because' in authored) {
        not.push({ enumerator: 'prejoined', about, because: authored.because });
      } else {
        candidates.push(authored);
      }
    }
    return { candidates, not };
  },
};

interface JoinTreeSet {
  readonly relations: readonly RelationId[];
  readonly edges: readonly JoinEdge[];
}

/** The graph's closed sets, and the exact sets of the statements (views expanded), each once. */
function joinSetsOf({ joinSets, readings }: EnumerationInput): readonly JoinTreeSet[] {
  const known = SETS.get(readings);
  if (known?.joinSets === joinSets) {
    return known.sets;
  }
  const sets = readJoinSets({ joinSets, readings });
  SETS.set(readings, { joinSets, sets });
  return sets;
}

interface KnownSets extends Pick<EnumerationInput, 'joinSets'> {
  readonly sets: readonly JoinTreeSet[];
}

/** The passes of one cycle ask about the same readings while facts are measured. */
const SETS = new WeakMap<readonly Reading[], KnownSets>();

function readJoinSets({
  joinSets,
  readings,
}: Pick<EnumerationInput, 'joinSets' | 'readings'>): readonly JoinTreeSet[] {
  const sets = new Map<string, JoinTreeSet>();
  const add = (set: JoinTreeSet) => {
    if (set.relations.length > 1 && set.edges.length === set.relations.length - 1) {
      const key = set.edges.map(edgeKey).toSorted().join('; ');
      sets.set(key, sets.get(key) ?? set);
    }
  };
  for (const { relations, edges } of joinSets) {
    const plain = edges.flatMap(({ left, right, pairs, kind }) =>
      kind === 'inner' || kind === 'left' || kind === 'right' ? [{ left, right, pairs, kind }] : [],
    );
    if (plain.length === edges.length) {
      add({ relations, edges: plain });
    }
  }
  readings.flatMap(({ blocks }) => blocks).forEach(add);
  return [...sets.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set);
}

/** In order of place; found once for a set and its readings. */
function touchedColumns(set: JoinTreeSet, { readings }: EnumerationInput): readonly BoundExpr[] {
  const known = TOUCHED.get(set);
  if (known?.readings === readings) {
    return known.columns;
  }
  const columns = readTouchedColumns(set, readings);
  TOUCHED.set(set, { readings, columns });
  return columns;
}

interface KnownColumns extends Pick<EnumerationInput, 'readings'> {
  readonly columns: readonly BoundExpr[];
}

const TOUCHED = new WeakMap<JoinTreeSet, KnownColumns>();

function readTouchedColumns(set: JoinTreeSet, readings: readonly Reading[]): readonly BoundExpr[] {
  const edges = new Set(set.edges.map(edgeKey));
  const places = new Map(set.relations.map((id, place) => [id, place]));
  const isWithin = (block: StarBlock) =>
    block.edges.length > 0 &&
    block.relations.every((id) => places.has(id)) &&
    block.edges.every((edge) => edges.has(edgeKey(edge)));
  const touched = new Map<string, BoundExpr>();
  for (const { blocks } of readings) {
    for (const { relations, columns } of blocks.filter(isWithin)) {
      for (const { occ, column } of columns) {
        const relation = relations[occ];
        const place = relation === undefined ? undefined : places.get(relation);
        if (place !== undefined) {
          touched.set(`${place}/${column}`, refTo(place, column));
        }
      }
    }
  }
  return [...touched.values()].toSorted(byPlace);
}
