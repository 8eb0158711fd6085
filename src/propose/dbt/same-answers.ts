import { relationId, relationParts } from '../../base/relation.ts';
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
  const bound = read.flatMap((each) => (each.kind === 'read' ? [inOneDatabase(each.bound)] : []));
  const [before, after] = bound;
  if (before === undefined || after === undefined) {
    const because = read.find((each) => each.kind === 'unread')?.because ?? 'it is not understood';
    return { kind: 'not-tried', because };
  }
  const matter = trialMatter([before, after], inOneDatabase(world.schema.snapshot));
  const ground = openTrialGround({ relations: matter.relations, prelude: STAND_INS });
  try {
    const ways = waysOf({ texts, bound: [before, after], world });
    return await tryWays({ ...matter, ground, facts: inOneDatabase(facts), databases, seed }, ways);
  } finally {
    ground.close();
  }
}

/** Functions of other warehouses that the scratch engine lacks: both texts call the same, so that any that tells its arguments apart will do. */
const STAND_INS = [
  'iff(a, b, c) as case when a then b else c end',
  'nvl(a, b) as coalesce(a, b)',
  'nvl2(a, b, c) as case when a is not null then b else c end',
  'zeroifnull(a) as coalesce(a, 0)',
  'nullifzero(a) as nullif(a, 0)',
  'div0(a, b) as case when b = 0 then 0 else a / b end',
  'div0null(a, b) as case when coalesce(b, 0) = 0 then 0 else a / b end',
  'safe_divide(a, b) as case when b = 0 then null else a / b end',
  'equal_null(a, b) as a is not distinct from b',
  'to_varchar(a) as a::varchar',
  'to_char(a) as a::varchar',
].map((macro) => `create or replace macro ${macro}`);

const RELATION_KEYS = new Set(['id', 'relation', 'from', 'to', 'references']);

/** The scratch engine has one database: a schema of another is called after both. */
function inOneDatabase<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (typeof part !== 'string' || !RELATION_KEYS.has(key)) {
        return part;
      }
      const { database, schema, name } = relationParts(part);
      return database === undefined ? part : relationId({ schema: `${database}_${schema}`, name });
    }),
  ) as Value;
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
