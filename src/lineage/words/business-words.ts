import type { EpochMs } from '../../base/clock.ts';
import { sha256 } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';
import type { Reader, Template, UsageFact } from '../../usage/template.ts';
import { bindView } from '../views-of.ts';
import { type MeasureFacts, type MeasureFactsParts, measureFacts } from './measure-facts.ts';
import { type ReadSample, valuedFacts } from './valued-facts.ts';

/** A name that readers measure by, and all they mean by it. */
export interface BusinessWord {
  /** Folded: one for all spellings. */
  readonly word: string;
  /** Its most used spelling. */
  readonly name: string;
  /** Most used first. More than one: readers of this name do not read the same number. */
  readonly definitions: readonly WordDefinition[];
}

export interface WordDefinition {
  /** Short and stable: the same arithmetic has it on every machine. */
  readonly id: string;
  /** Digests of the normal forms that are this definition. */
  readonly keys: readonly string[];
  readonly text: string;
  /** Its text leaves out values that fewer than two readers use, or that change from run to run. */
  readonly hidesValues: 'none' | 'of one reader' | 'of each run';
  readonly spellings: readonly string[];
  readonly readers: readonly WordReader[];
  readonly runs: number;
  readonly lastUse?: EpochMs;
  /** Views that define a column of this name so. */
  readonly views: readonly RelationId[];
  /** What all, or only some, of the statements filter by around it. */
  readonly alwaysFilteredBy: readonly string[];
  readonly sometimesFilteredBy: readonly string[];
  /** What it is most often grouped by. */
  readonly groupedBy: readonly string[];
  readonly unsure: readonly RelationId[];
  /** Templates that compute it. */
  readonly fingerprints: readonly string[];
  readonly example: Pick<MeasureFacts, 'measure' | 'tables'>;
}

export interface WordReader extends Reader {
  readonly role: string;
  readonly client: string;
  readonly runs: number;
  readonly lastUse: EpochMs;
}

export interface BusinessWordsInput extends MeasureFactsParts {
  readonly schema: SchemaIndex;
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
  /** Statements with their values, read again, by fingerprint. */
  readonly samples?: ReadonlyMap<string, readonly ReadSample[]>;
  /** Digests of normal forms that were proved to be one arithmetic, each with the digest that stands for all. */
  readonly sameAs?: ReadonlyMap<string, string>;
}

/** The words of the statements that ran and of the views there are, in order of name. */
export function businessWords(input: BusinessWordsInput): readonly BusinessWord[] {
  const factsOf = Map.groupBy(
    input.facts.filter(({ reader, runs }) => isSomebody(reader) && runs > 0),
    ({ fingerprint }) => fingerprint,
  );
  const uses = [
    ...input.templates.flatMap((template) => {
      const facts = factsOf.get(template.fingerprint);
      return facts === undefined ? [] : usesOf(template, { input, facts });
    }),
    ...viewUses(input),
  ];
  return [...Map.groupBy(uses, ({ facts }) => facts.word)]
    .map(([word, all]) => wordOf(word, { uses: all, sameAs: input.sameAs ?? new Map() }))
    .toSorted((a, b) => (a.word < b.word ? -1 : 1));
}

/** Tests and Goldsmith itself mean nothing by what they compute. */
function isSomebody({ kind }: Reader): boolean {
  return kind !== 'goldsmith' && kind !== 'test';
}

interface Use {
  readonly facts: MeasureFacts;
  readonly used: readonly UsageFact[];
  readonly view?: RelationId;
  /** The statement's own value of what stands hidden in the shape, as every run of these readers has it. */
  readonly isValued: boolean;
}

function usesOf(
  template: Template,
  { input, facts }: { readonly input: BusinessWordsInput; readonly facts: readonly UsageFact[] },
): readonly Use[] {
  const samples = input.samples?.get(template.fingerprint) ?? [];
  return measuresOf(template, input).flatMap((measured): readonly Use[] => {
    if (!measured.hidesValues || samples.length === 0) {
      return [{ facts: measured, used: facts, isValued: false }];
    }
    const valued = valuedFacts(measured, { samples, parts: input });
    const byKey = Map.groupBy(facts, (fact) => valued.of(fact.reader)?.key);
    return [...byKey].map(([key, used]) => {
      const [first] = used;
      const known = first === undefined ? undefined : valued.of(first.reader);
      return { facts: known ?? measured, used, isValued: key !== undefined };
    });
  });
}

/**
 * A template's measures, read once for each world and let go with it: they hold trees, and templates outlive worlds. Whoever has many
 * templates reads some at a time beforehand, so that nothing else has to wait for all of them.
 */
export function measuresOf(template: Template, input: MeasureFactsParts): readonly MeasureFacts[] {
  const { world, asked } = input;
  const ofWorld = MEASURES.get(world) ?? new Map<Template, Measured>();
  MEASURES.set(world, ofWorld);
  const known = ofWorld.get(template);
  if (known !== undefined && known.asked === asked) {
    return known.measures;
  }
  const mayMeasure =
    template.normalForm.includes('(') ||
    template.shape.relations.some(({ via }) => via === 'through-view');
  const query = mayMeasure ? template.shape.query : undefined;
  const measures = query === undefined ? [] : measureFacts(query, input);
  ofWorld.set(template, { asked, measures });
  return measures;
}

interface Measured extends Pick<MeasureFactsParts, 'asked'> {
  readonly measures: readonly MeasureFacts[];
}

const MEASURES = new WeakMap<MeasureFactsParts['world'], Map<Template, Measured>>();

function viewUses(input: BusinessWordsInput): readonly Use[] {
  const { schema, dialect } = input;
  return schema.snapshot.relations.flatMap((relation) => {
    const query = bindView(relation, { schema, dialect })?.query;
    if (query === undefined) {
      return [];
    }
    const names = relation.columns.map(({ name }) => name);
    const outputs = names.length === query.outputs.length ? names : query.outputs;
    return measureFacts({ ...query, outputs }, input)
      .filter(({ name }) => outputs.includes(name))
      .map((facts) => ({ facts, used: [], view: relation.id, isValued: false }));
  });
}

function wordOf(
  word: string,
  { uses, sameAs }: { readonly uses: readonly Use[]; readonly sameAs: ReadonlyMap<string, string> },
): BusinessWord {
  const digestOf = ({ facts }: Use) => sha256(facts.key);
  const groups = Map.groupBy(uses, (use) => sameAs.get(digestOf(use)) ?? digestOf(use));
  const definitions = [...groups.values()]
    .map((all) => definitionOf(all, [...new Set(all.map(digestOf))].toSorted()))
    .toSorted(byUse);
  return { word, name: mostUsed(uses.map((use) => [use.facts.name, runsOf(use)])), definitions };
}

function byUse(a: WordDefinition, b: WordDefinition): number {
  return b.runs - a.runs || (a.id < b.id ? -1 : 1);
}

function definitionOf(uses: readonly Use[], keys: readonly string[]): WordDefinition {
  const [first] = uses.toSorted((a, b) => runsOf(b) - runsOf(a));
  if (first === undefined) {
    throw new RangeError('a definition without a use');
  }
  const readers = readersOf(uses);
  const people = new Set(readers.map(({ kind, tool, name }) => `${kind} ${tool} ${name}`));
  const asked = uses.filter(({ used }) => used.length > 0);
  const filters = asked.map(({ facts }) => facts.filters);
  const always = (filters[0] ?? []).filter((one) => filters.every((all) => all.includes(one)));
  const isDefined = uses.some(({ view }) => view !== undefined);
  const isOfOne = first.isValued && people.size < 2 && !isDefined;
  const lastUse = Math.max(...readers.map((reader) => reader.lastUse));
  return {
    id: (keys[0] ?? '').slice(0, 8),
    keys,
    text: isOfOne ? hiddenText(first.facts) : (asDefined(uses) ?? first.facts.text),
    hidesValues: isOfOne ? 'of one reader' : first.facts.hidesValues ? 'of each run' : 'none',
    spellings: [...new Set(uses.map(({ facts }) => facts.name))].toSorted(),
    readers,
    runs: readers.reduce((sum, { runs }) => sum + runs, 0),
    ...(readers.length === 0 ? {} : { lastUse }),
    views: uses.flatMap(({ view }) => view ?? []).toSorted(),
    alwaysFilteredBy: always,
    sometimesFilteredBy: [...new Set(filters.flat())]
      .filter((one) => !always.includes(one))
      .toSorted(),
    groupedBy: groupings(asked),
    unsure: first.facts.unsure,
    fingerprints: [
      ...new Set(uses.flatMap(({ used }) => used.map(({ fingerprint }) => fingerprint))),
    ].toSorted(),
    example: { measure: first.facts.measure, tables: first.facts.tables },
  };
}

/** As a view says it: who reads through that view adds up what it added up already. The shortest of several. */
function asDefined(uses: readonly Use[]): string | undefined {
  return uses
    .flatMap(({ view, facts }) => (view === undefined ? [] : [facts.text]))
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
}

/** The text as the shape without values has it. */
function hiddenText(facts: MeasureFacts & { readonly hiddenText?: string }): string {
  return facts.hiddenText ?? facts.text;
}

function runsOf({ used }: Use): number {
  return used.reduce((sum, { runs }) => sum + runs, 0);
}

function mostUsed(names: readonly (readonly [name: string, runs: number])[]): string {
  const sums = new Map<string, number>();
  for (const [name, runs] of names) {
    sums.set(name, (sums.get(name) ?? 0) + runs);
  }
  return (
    [...sums].toSorted(([a, runsA], [b, runsB]) => runsB - runsA || (a < b ? -1 : 1))[0]?.[0] ?? ''
  );
}

function groupings(uses: readonly Use[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const use of uses) {
    for (const key of use.facts.groupedBy) {
      sums.set(key, (sums.get(key) ?? 0) + runsOf(use));
    }
  }
  return [...sums]
    .toSorted(([a, runsA], [b, runsB]) => runsB - runsA || (a < b ? -1 : 1))
    .slice(0, 3)
    .map(([key]) => key);
}

function readersOf(uses: readonly Use[]): readonly WordReader[] {
  const readers = new Map<string, WordReader>();
  for (const { reader, role, client, runs, lastEndedAt } of uses.flatMap(({ used }) => used)) {
    const key = JSON.stringify([reader.kind, reader.tool, reader.name, role, client]);
    const before = readers.get(key);
    readers.set(key, {
      ...reader,
      role,
      client,
      runs: (before?.runs ?? 0) + runs,
      lastUse: Math.max(before?.lastUse ?? 0, lastEndedAt),
    });
  }
  return [...readers.values()].toSorted((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1));
}
