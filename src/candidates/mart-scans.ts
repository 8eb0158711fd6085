import { sha256 } from '../base/digest.ts';
import type { RelationId } from '../base/relation.ts';
import { noFacts } from '../marts/facts.ts';
import type { DialectName } from '../sql/dialect.ts';
import { type ColumnTypes, columnTypesOf } from '../sql/match/column-types.ts';
import { tablesOf } from '../sql/match/mart-index.ts';
import { type MartView, matchQuery } from '../sql/match/match.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import type { SchemaSnapshot } from '../sql/schema.ts';
import type { Candidate } from './candidate.ts';
import { refsOf, someNode } from './expressions.ts';
import { obligationKey } from './join-star.ts';
import { hasOneAnswer, readsOnly } from './possible-match.ts';

/** How a rewritten statement reads a mart, and nothing else: the number of columns, for each time it does. */
export type MartScans = readonly number[];

/** The same in all cycles that know a statement: what one cycle found out the passes after it, and the next cycles, do not look for again. */
const FOUND = new WeakMap<NormalQuery, Map<string, MartScans | undefined>>();

/** Of one statement; marts that were not asked about for longest are forgotten. A cycle asks about at most 120. */
const MOST_MARTS = 240;

/** How a statement would be answered from a candidate; undefined where it cannot be. */
export function martScansWith(
  candidate: Candidate,
  world: { readonly schema: SchemaSnapshot; readonly dialect: DialectName },
): (query: NormalQuery) => MartScans | undefined {
  const view = viewOf(candidate);
  const { schema, dialect } = world;
  const { tables, text } = definitionOf(candidate.query);
  const name = nameOf(candidate, { ...world, tables, text });
  // One list for all statements: the matcher prepares it once.
  const marts = [view];

  function match(query: NormalQuery): MartScans | undefined {
    if (!hasOneAnswer(query, { facts: view.facts, types: typesOf(schema, dialect) })) {
      return undefined;
    }
    const outcome = matchQuery({ query, marts, schema, dialect });
    return outcome.kind === 'rewrite' ? scansIn(outcome.query) : undefined;
  }

  return (query) => {
    if (!readsOnly(query, tables)) {
      return undefined;
    }
    const found = FOUND.get(query) ?? new Map<string, MartScans | undefined>();
    FOUND.set(query, found);
    const scans = found.has(name) ? found.get(name) : match(query);
    // Those asked about last come last.
    found.delete(name);
    found.set(name, scans);
    const [oldest] = found.keys();
    if (found.size > MOST_MARTS && oldest !== undefined) {
      found.delete(oldest);
    }
    return scans;
  };
}

/** Everything a match rests on: the mart under any name, and the columns of the tables that it and the statement read. */
function nameOf(
  { definition, failed }: Candidate,
  {
    schema,
    dialect,
    tables,
    text,
  }: Definition & {
    readonly schema: SchemaSnapshot;
    readonly dialect: DialectName;
  },
): string {
  const columnsOf = columnTextsOf(schema);
  return sha256(
    JSON.stringify([
      dialect,
      text,
      definition.columns.map(({ name, type }) => [name, type]),
      definition.obligations.map(obligationKey),
      failed.map(obligationKey),
      [...tables].toSorted().map((table) => columnsOf.get(table) ?? table),
    ]),
  );
}

interface Definition {
  readonly tables: ReadonlySet<RelationId>;
  /** Equal texts, equal definitions. */
  readonly text: string;
}

/** Read once for all passes of a cycle. */
function definitionOf(query: NormalQuery): Definition {
  const known = DEFINITIONS.get(query);
  if (known !== undefined) {
    return known;
  }
  const definition = { tables: tablesOf(query), text: sha256(JSON.stringify(query)) };
  DEFINITIONS.set(query, definition);
  return definition;
}

const DEFINITIONS = new WeakMap<NormalQuery, Definition>();

/** Each relation with its columns as one text; made once for a schema. */
function columnTextsOf(schema: SchemaSnapshot): ReadonlyMap<RelationId, string> {
  const known = COLUMN_TEXTS.get(schema);
  if (known !== undefined) {
    return known;
  }
  const texts = new Map(
    schema.relations.map(({ id, columns }) => [
      id,
      sha256(JSON.stringify([id, columns.map(({ name, type }) => [name, type])])),
    ]),
  );
  COLUMN_TEXTS.set(schema, texts);
  return texts;
}

const COLUMN_TEXTS = new WeakMap<SchemaSnapshot, ReadonlyMap<RelationId, string>>();

function typesOf(schema: SchemaSnapshot, dialect: DialectName): ColumnTypes {
  const known = TYPES.get(schema);
  if (known?.dialect === dialect) {
    return known.types;
  }
  const types = columnTypesOf(schema, dialect);
  TYPES.set(schema, { dialect, types });
  return types;
}

const TYPES = new WeakMap<
  SchemaSnapshot,
  { readonly dialect: DialectName; readonly types: ColumnTypes }
>();

/** The candidate as the matcher sees it. */
export function viewOf({ definition, query, failed }: Candidate): MartView {
  // A build checks the obligations on its own snapshot, so the mart may be matched as if they held.
  const assumed = definition.obligations.filter((each) => !failed.includes(each));
  return {
    relation: definition.relation,
    query,
    columns: definition.columns,
    facts: {
      ...noFacts,
      source: `obligations of ${definition.relation}`,
      uniqueKeys: assumed.filter((each) => each.kind === 'unique-key'),
      inclusions: assumed.filter((each) => each.kind === 'inclusion'),
      notNull: assumed.filter((each) => each.kind === 'not-null'),
    },
  };
}

function scansIn(rewritten: NormalQuery): MartScans {
  const scans: number[] = [];
  someNode(rewritten, (node) => {
    if (node.kind === 'table' && typeof node['occ'] === 'number') {
      scans.push(columnsOfOccurrence(rewritten, node['occ']));
    }
    return false;
  });
  return scans;
}

function columnsOfOccurrence(query: NormalQuery, occ: number): number {
  return new Set(refsOf(query).flatMap((ref) => (ref.occ === occ ? [ref.column] : []))).size;
}
