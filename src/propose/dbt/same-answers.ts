import { relationParts } from '../../base/relation.ts';
import type { Facts } from '../../marts/facts.ts';
import { SCRATCH_DIALECT } from '../../prove/scratch-type.ts';
import { openTrialGround } from '../../prove/trial-ground.ts';
import { trialMatter } from '../../prove/trial-matter.ts';
import { type TrialTexts, type TrialVerdict, tryWays } from '../../prove/try-ways.ts';
import type { BoundQuery } from '../../sql/bound.ts';
import { ANSI_QUOTED } from '../../sql/dialects.ts';
import { printWith } from '../../sql/print/print-query.ts';
import { quoteName } from '../../sql/print/quote-name.ts';
import { type ModelWorld, readModel } from './read-model.ts';

export interface SameAnswersRequest {
  /** Compiled texts. */
  readonly before: string;
  readonly after: string;
  /** Outputs that both are compared on. */
  readonly kept: readonly string[];
  readonly world: ModelWorld;
  /** What the rows keep to. */
  readonly facts: Facts;
  readonly databases?: number;
  readonly seed?: number;
}

/** Tried on so many small databases where nothing else is asked for. */
const DATABASES = 128;

/**
 * Runs a model before and after its edit on small databases made of random rows that keep to the facts, and compares the kept
 * columns as multisets of rows.
 */
export async function sameAnswers(request: SameAnswersRequest): Promise<TrialVerdict> {
  const { world, kept, facts, databases = DATABASES, seed = 1 } = request;
  const texts = [request.before, request.after].map((sql) => onlyKept(sql, { kept, world }));
  const read = await Promise.all(texts.map((sql) => readModel(sql, world)));
  const bound = read.flatMap((each) => (each.kind === 'read' ? [each.bound] : []));
  const [before, after] = bound;
  if (before === undefined || after === undefined) {
    const because = read.find((each) => each.kind === 'unread')?.because ?? 'it is not understood';
    return { kind: 'not-tried', because };
  }
  const matter = trialMatter([before, after], world.schema.snapshot);
  const ground = openTrialGround({ relations: matter.relations });
  try {
    const ways = waysOf({ texts, bound: [before, after], world });
    return await tryWays({ ...matter, ground, facts, databases, seed }, ways);
  } finally {
    ground.close();
  }
}

function onlyKept(
  sql: string,
  { kept, world }: { readonly kept: readonly string[]; readonly world: ModelWorld },
): string {
  const columns = kept.map((name) => quoteName(name, world.dialect.name)).join(', ');
  return `select ${columns} from (\n${sql.trim().replace(/;\s*$/, '')}\n) as goldsmith_model`;
}

interface Ways {
  readonly texts: readonly string[];
  readonly bound: readonly [BoundQuery, BoundQuery];
  readonly world: ModelWorld;
}

/** As it is written first, where the scratch engine reads the same SQL; then as we print it. */
function waysOf({ texts, bound, world }: Ways): readonly TrialTexts[] {
  const ways: TrialTexts[] = [];
  const [query = '', rewritten = ''] = texts.map((sql) => inScratch(sql, world));
  if (ANSI_QUOTED.some(({ name }) => name === world.dialect.name)) {
    ways.push({ isAsWritten: true, marts: [], query, rewritten });
  }
  const printed = bound.map((each) =>
    printWith(each, { dialect: SCRATCH_DIALECT, columnLists: new Map() }),
  );
  const [first, second] = printed;
  if (first?.kind === 'printed' && second?.kind === 'printed') {
    ways.push({ isAsWritten: false, marts: [], query: first.sql, rewritten: second.sql });
  }
  return ways;
}

/** The scratch engine has one database: the own one's name before a schema goes. */
function inScratch(sql: string, { schema }: ModelWorld): string {
  const { ownDatabase, relations } = schema.snapshot;
  if (ownDatabase === undefined) {
    return sql;
  }
  const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const schemas = new Set(relations.flatMap(({ id }) => relationParts(id).schema ?? []));
  const either = (name: string) => `(?:${escaped(name)}|"${escaped(name)}")`;
  const after = [...schemas].map(either).join('|');
  const pattern = new RegExp(
    `(?<![\\w".])${either(ownDatabase)}\\s*\\.\\s*(?=(?:${after})\\s*\\.)`,
    'gi',
  );
  return sql
    .split(/('(?:[^']|'')*')/)
    .map((piece, at) => (at % 2 === 1 ? piece : piece.replaceAll(pattern, '')))
    .join('');
}
