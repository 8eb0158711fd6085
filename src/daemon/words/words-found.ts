import { setImmediate } from 'node:timers/promises';
import { DAY_MS, dayOf } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import {
  type BusinessWord,
  type BusinessWordsInput,
  businessWords,
  measuresOf,
} from '../../lineage/words/business-words.ts';
import type { MeasureWorld } from '../../lineage/words/canonical-measure.ts';
import type { ReadSample } from '../../lineage/words/valued-facts.ts';
import type { Facts } from '../../marts/facts.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { Statement } from '../../sql/ir.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { UsageFact } from '../../usage/template.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { sameMeasures } from './same-measures.ts';

export interface WordsFoundParts {
  /** Folded; only its hidden values are looked up then. */
  readonly asked?: string | undefined;
  readonly schema: ObservedSchema;
  readonly facts: Facts;
  readonly signal?: AbortSignal | undefined;
}

/** Requests are answered in between. */
const TEMPLATES_AT_ONCE = 20;
/** Texts fetched again at once, and readers and runs of one template that are asked. */
const MOST_TEXTS = 300;
const MOST_READERS = 6;
const RUNS_A_READER = 3;

/**
 * The words readers measure by, of the remembered history. Values that stand inside an arithmetic are looked up in a few statements of
 * the history, and forgotten again (rule 17).
 */
export async function wordsFound(
  engine: Pick<Engine, 'store' | 'config' | 'clock' | 'connector' | 'source' | 'parsers' | 'names'>,
  parts: WordsFoundParts,
): Promise<readonly BusinessWord[]> {
  const { store, config, clock, connector } = engine;
  const now = clock.now();
  const { templates, facts } = store.usage.read({
    fromDay: dayOf(now - config.words.evidenceDays * DAY_MS),
    untilDay: dayOf(now),
  });
  const input: BusinessWordsInput = {
    asked: parts.asked,
    schema: parts.schema.index,
    templates,
    facts,
    dialect: dialectOf(connector.dialect),
    world: measureWorld(parts),
    sameAs: sameMeasures(store.documents, parts.schema.digest),
  };
  for (const [at, template] of templates.entries()) {
    measuresOf(template, input);
    if (at % TEMPLATES_AT_ONCE === 0) {
      await setImmediate();
      parts.signal?.throwIfAborted();
    }
  }
  const words = businessWords(input);
  const hiding = new Set(
    words
      .filter(({ word }) => parts.asked === undefined || word === parts.asked)
      .flatMap(({ definitions }) => definitions)
      .filter(({ hidesValues }) => hidesValues !== 'none')
      .flatMap(({ fingerprints }) => fingerprints),
  );
  if (hiding.size === 0) {
    return words;
  }
  const samples = await readSamples(engine, {
    facts: facts.filter(({ fingerprint }) => hiding.has(fingerprint)),
    schema: parts.schema,
    signal: parts.signal,
  });
  return businessWords({ ...input, samples });
}

/** Keys that are declared or were verified: good enough to tell whether a join repeats rows, never to rewrite by. */
function measureWorld({ schema, facts }: WordsFoundParts): Omit<MeasureWorld, 'tables'> {
  const rows = new Map(schema.catalog.map(({ id, rows: count }) => [id, count ?? 0]));
  const verified = Map.groupBy(facts.uniqueKeys, ({ relation }) => relation);
  const declared = (id: RelationId) => schema.index.relationOf(id)?.keys ?? [];
  return {
    keys: {
      of: (id) => [...declared(id), ...(verified.get(id) ?? [])].map(({ columns }) => columns),
      rows: (id) => rows.get(id) ?? 0,
    },
    isNotNull: (id, name) =>
      schema.index.relationOf(id)?.columns.find((column) => column.name === name)?.notNull === true,
  };
}

async function readSamples(
  { source, parsers, connector, names }: Pick<Engine, 'source' | 'parsers' | 'connector' | 'names'>,
  {
    facts,
    schema,
    signal,
  }: {
    readonly facts: readonly UsageFact[];
    readonly schema: ObservedSchema;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ReadonlyMap<string, readonly ReadSample[]>> {
  const wanted = samplesWanted(facts);
  const texts = await source.fetchTexts(
    wanted.map(({ id }) => id),
    { signal },
  );
  const found = wanted.flatMap((sample) => {
    const text = texts.get(sample.id);
    return text === undefined ? [] : [{ ...sample, text }];
  });
  const outcomes = await parsers.parse(
    found.map(({ text }) => ({ sql: text, dialect: connector.dialect })),
    signal,
  );
  const dialect = dialectOf(connector.dialect);
  const samples = new Map<string, ReadSample[]>();
  for (const [at, { fact }] of found.entries()) {
    const outcome = outcomes[at];
    const query = queryOf(outcome?.kind === 'parsed' ? outcome.statements : []);
    if (query !== undefined) {
      const bound = bindQuery(query, { schema: schema.index, dialect, names }).query;
      const known = samples.get(fact.fingerprint) ?? [];
      samples.set(fact.fingerprint, [...known, { reader: fact.reader, query: bound }]);
    }
  }
  return samples;
}

interface Wanted {
  readonly fact: UsageFact;
  readonly id: string;
}

/** The latest runs of a few readers of each template. */
function samplesWanted(facts: readonly UsageFact[]): readonly Wanted[] {
  const latest = facts.toSorted((a, b) => b.lastEndedAt - a.lastEndedAt);
  const wanted = [...Map.groupBy(latest, ({ fingerprint }) => fingerprint).values()].flatMap(
    (all) =>
      [...Map.groupBy(all, ({ reader }) => JSON.stringify(reader)).values()]
        .slice(0, MOST_READERS)
        .flatMap((ofReader) =>
          ofReader
            .flatMap((fact): readonly Wanted[] => fact.sampleIds.map((id) => ({ fact, id })))
            .slice(0, RUNS_A_READER),
        ),
  );
  return wanted.slice(0, MOST_TEXTS);
}

function queryOf(statements: readonly Statement[]) {
  const [only, ...more] = statements;
  return more.length === 0 &&
    (only?.kind === 'query' || only?.kind === 'insert' || only?.kind === 'create-as')
    ? only.query
    : undefined;
}
