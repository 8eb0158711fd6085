import { type Facts, noFacts } from '../../marts/facts.ts';
import type { Mart } from '../../marts/mart.ts';
import { SCRATCH_DIALECT } from '../../prove/scratch-type.ts';
import { openTrialGround } from '../../prove/trial-ground.ts';
import { trialMatter } from '../../prove/trial-matter.ts';
import type { TrialTexts } from '../../prove/try-ways.ts';
import { tryWays } from '../../prove/try-ways.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { dialectOf } from '../../sql/dialects.ts';
import { fingerprint } from '../../sql/fingerprint.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { toBound } from '../../sql/normalize/to-bound.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import type { DocumentStore } from '../../store/document-store.ts';

export interface TrialUse {
  readonly fingerprint: string;
  readonly original: string;
  readonly query: NormalQuery;
  readonly rewritten: NormalQuery;
  /** At least one; `facts` are those the rewrite may rest on. */
  readonly marts: readonly TrialMart[];
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
}

export interface TrialMart {
  readonly mart: Mart;
  readonly query: NormalQuery;
  readonly facts: Facts;
}

export type TrialOutcome =
  | { readonly kind: 'equal'; readonly databases: number }
  | { readonly kind: 'unequal'; readonly databases: number }
  | { readonly kind: 'not-tried'; readonly because: string }
  /** It goes on, and whoever asks again finds what it said. */
  | { readonly kind: 'pending' };

export interface TrialGateParts {
  readonly documents: DocumentStore;
  /** How long whoever asks waits for a trial. */
  readonly waitMs: number;
  readonly databases: number;
  /** Told what each trial took of this process: thread time, as near as we can say. */
  readonly onTried: (mart: Mart | undefined, cpuMs: number) => void;
}

/** Kind of the kept documents. */
const TRIED = 'small-scope';
const SEED = 1;

/**
 * Tries a rewrite on small random databases before its first use, once per mart definition, template and rewrite (without
 * literals); what was found is remembered. It takes some tenths of a second: a request that would wait longer is answered
 * `pending`. Nothing of the made-up rows is kept: they hold literals.
 */
export function openTrialGate(parts: TrialGateParts): (use: TrialUse) => Promise<TrialOutcome> {
  const { documents, waitMs } = parts;
  const underWay = new Map<string, Promise<TrialOutcome>>();
  let last: Promise<unknown> = Promise.resolve();

  return async (use) => {
    const key = keyOf(use);
    const known = documents.get(TRIED, key);
    if (isOutcome(known)) {
      return known;
    }
    const running = underWay.get(key) ?? begin(key, use);
    return withinTime(running, waitMs);
  };

  /** One trial at a time: they are work for one core, beside the requests. */
  function begin(key: string, use: TrialUse): Promise<TrialOutcome> {
    const running = last.then(async () => {
      const startedAt = performance.now();
      const outcome = await tryUse(use, parts.databases);
      documents.put(TRIED, key, outcome);
      parts.onTried(use.marts[0]?.mart, performance.now() - startedAt);
      return outcome;
    });
    underWay.set(key, running);
    last = running.then(
      () => underWay.delete(key),
      () => underWay.delete(key),
    );
    return running;
  }
}

function keyOf({ marts, fingerprint: template, rewritten, dialect }: TrialUse): string {
  const printed = printQuery(rewritten, dialect);
  const text = printed.kind === 'printed' ? printed.sql : '';
  const digests = marts.map(({ mart }) => mart.definitionDigest).join('+');
  return `${digests}/${template}/${fingerprint(text, dialectOf(dialect)).fingerprint}`;
}

function isOutcome(value: unknown): value is TrialOutcome {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    ['equal', 'unequal', 'not-tried'].includes(String(value.kind))
  );
}

async function withinTime(running: Promise<TrialOutcome>, waitMs: number): Promise<TrialOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TrialOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'pending' }), waitMs);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function tryUse(use: TrialUse, databases: number): Promise<TrialOutcome> {
  const { marts, query, schema } = use;
  const queries = [query, ...marts.map((mart) => mart.query)];
  const matter = trialMatter(queries.map(toBound), schema);
  const ground = openTrialGround({ relations: matter.relations });
  try {
    const facts = allFacts(marts.map((mart) => mart.facts));
    const verdict = await tryWays(
      { ...matter, ground, facts, databases, seed: SEED },
      waysToWrite(use),
    );
    switch (verdict.kind) {
      case 'equal':
      case 'unequal':
        return { kind: verdict.kind, databases: verdict.databases };
      case 'not-tried':
        return { kind: 'not-tried', because: withoutText(verdict.because) };
    }
  } finally {
    ground.close();
  }
}

/** The engine's first line: what follows shows the statement, and with it its literals. */
function withoutText(because: string): string {
  return (because.split('\n')[0] ?? '').replaceAll(/'(?:[^']|'')*'|\d+/g, '…');
}

/** As it was written, where it was written for the scratch engine; then as printed for it, views read through. */
function waysToWrite(use: TrialUse): readonly TrialTexts[] {
  const rewritten = scratchText(use.rewritten);
  if (rewritten === undefined) {
    return [];
  }
  const written: TrialTexts = {
    isAsWritten: true,
    marts: use.marts.map(({ mart: { definition } }) => ({
      name: definition.relation,
      sql: definition.sql,
    })),
    query: use.original,
    rewritten,
  };
  const query = scratchText(use.query);
  const marts = use.marts.flatMap(({ mart, query: definition }) => {
    const sql = scratchText(definition);
    return sql === undefined ? [] : [{ name: mart.definition.relation, sql }];
  });
  const printed: readonly TrialTexts[] =
    query === undefined || marts.length < use.marts.length
      ? []
      : [{ isAsWritten: false, marts, query, rewritten }];
  return use.dialect === SCRATCH_DIALECT ? [written, ...printed] : printed;
}

function scratchText(query: NormalQuery): string | undefined {
  const printed = printQuery(query, SCRATCH_DIALECT);
  return printed.kind === 'printed' ? printed.sql : undefined;
}

/** What holds where each of these facts holds. */
function allFacts(facts: readonly Facts[]): Facts {
  const [first = noFacts, ...more] = facts;
  return more.reduce(
    (all, each) => ({
      ...all,
      uniqueKeys: [...all.uniqueKeys, ...each.uniqueKeys],
      inclusions: [...all.inclusions, ...each.inclusions],
      notNull: [...all.notNull, ...each.notNull],
      rowCounts: [...all.rowCounts, ...each.rowCounts],
    }),
    first,
  );
}
