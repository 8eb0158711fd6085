import { z } from 'zod';
import { DAY_MS, dayOf } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Write } from '../../lineage/column-edges.ts';
import { withoutDefinitions } from '../../lineage/without-definitions.ts';
import type { LineageEdge } from '../../sql/query-shape.ts';
import { shapeDigestOf } from '../../usage/shape-digest.ts';
import type { Template, UsageFact } from '../../usage/template.ts';
import type { UsageLog } from '../../usage/usage-ports.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';

const WRITE = 'lineage-write';
const TRIMMED = 'lineage-writes-trimmed';
/** Statements remembered at most; those that ran longest ago go first. */
const MOST_KEPT = 20_000;
const MOST_WRITERS = 5;

const keptWrite = z.object({
  key: z.string(),
  target: z.string().transform((id) => id as RelationId),
  lineage: z.custom<readonly LineageEdge[]>((value) => Array.isArray(value)),
  by: z.array(z.string()),
  lastAt: z.number(),
  replacesAll: z.boolean(),
});

type KeptWrite = z.infer<typeof keptWrite>;

export interface KeepWritesParts {
  readonly schema: ObservedSchema;
  /** What was used lately; a statement that is not among them stays as it is known. */
  readonly usage: { readonly templates: readonly Template[]; readonly facts: readonly UsageFact[] };
  readonly signal?: AbortSignal | undefined;
}

type Parts = Pick<Engine, 'parsers' | 'connector' | 'names' | 'store' | 'clock' | 'config'>;

/**
 * Remembers what statements that wrote relations made of what, a template once: only templates that are new, or that read something
 * else since, are looked at. What a job wrote long ago is still what a table was made of.
 */
export async function keepWrites(engine: Parts, parts: KeepWritesParts): Promise<void> {
  const { documents } = engine.store;
  const factsOf = Map.groupBy(
    parts.usage.facts.filter(({ runs }) => runs > 0),
    ({ fingerprint }) => fingerprint,
  );
  const found = parts.usage.templates.flatMap((template) => {
    const { target, lineage, statement } = template.shape;
    const facts = factsOf.get(template.fingerprint);
    const isRead = lineage.some(({ sources }) => sources.length > 0);
    return target === undefined || statement !== 'write' || facts === undefined || !isRead
      ? []
      : [
          {
            template,
            target,
            facts,
            key: keyOf(template, { ...parts, usageLog: engine.store.usage }),
          },
        ];
  });
  const known = new Map(
    found.map(({ template: { fingerprint } }) => [
      fingerprint,
      keptWrite.safeParse(documents.get(WRITE, fingerprint)).data,
    ]),
  );
  const unread = found.filter(({ template, key }) => known.get(template.fingerprint)?.key !== key);
  const lineages = await directLineages(
    engine,
    unread.map(({ template }) => template),
    parts,
  );
  documents.transaction(() => {
    for (const { template, target, facts, key } of found) {
      const before = known.get(template.fingerprint);
      const lineage = lineages.get(template.fingerprint) ?? before?.lineage ?? [];
      const lastAt = Math.max(...facts.map(({ lastEndedAt }) => lastEndedAt));
      if (before?.key !== key || lastAt > before.lastAt) {
        documents.put(WRITE, template.fingerprint, {
          key,
          target,
          lineage,
          by: writersOf(facts),
          lastAt,
          replacesAll: REPLACES_ALL.test(template.normalForm),
        } satisfies KeptWrite);
      }
    }
  });
  trim(engine);
}

/**
 * What wrote relations, as far back as columns are remembered. What was written before a relation was last made anew is no part of
 * it any more.
 */
export function keptWrites({ store }: Pick<Engine, 'store'>): readonly Write[] {
  const all = store.documents
    .list(WRITE)
    .flatMap(({ value }) => keptWrite.safeParse(value).data ?? []);
  const madeAt = new Map<RelationId, number>();
  for (const { target, lastAt, replacesAll } of all) {
    if (replacesAll) {
      madeAt.set(target, Math.max(madeAt.get(target) ?? 0, lastAt));
    }
  }
  return all
    .filter(({ target, lastAt }) => lastAt >= (madeAt.get(target) ?? 0))
    .map(({ target, lineage, by, lastAt }) => ({ target, lineage, by, lastDay: dayOf(lastAt) }));
}

const REPLACES_ALL =
  /^\s*(create\s+(or\s+replace\s+)?(\w+\s+)?table|insert\s+overwrite|replace\s+table)\b/i;

/** Equal keys, equal edges: the shape, and the columns of the views it names, which edges end at. */
function keyOf(
  { fingerprint, shape }: Template,
  { schema, usageLog }: Pick<KeepWritesParts, 'schema'> & { readonly usageLog: UsageLog },
): string {
  const views = shape.relations
    .filter(({ via }) => via === 'named')
    .map(({ relation }) => schema.index.relationOf(relation))
    .filter((relation) => relation?.kind === 'view');
  const columns = views.map((view) => [view?.id, view?.columns.map(({ name }) => name)]);
  // The state knows it without unpacking the query.
  const shapeDigest = usageLog.findFingerprint(fingerprint)?.shapeDigest ?? shapeDigestOf(shape);
  return digestOf([shapeDigest, columns]);
}

/** Kept shapes look through views; those that name one are read again with views as ends. */
async function directLineages(
  { parsers, connector, names }: Parts,
  templates: readonly Template[],
  { schema, signal }: KeepWritesParts,
): Promise<ReadonlyMap<string, readonly LineageEdge[]>> {
  const throughViews = templates.filter(({ shape }) =>
    shape.relations.some(({ via }) => via === 'through-view'),
  );
  const world = { dialect: connector.dialect, schema: withoutDefinitions(schema.snapshot) };
  const shapes = await parsers.shapesOf(
    throughViews.map(({ normalForm }) => ({ sql: normalForm, hasRun: true, names })),
    { world, signal },
  );
  const direct = new Map(
    throughViews.map(({ fingerprint }, at) => [fingerprint, shapes[at]?.lineage ?? []]),
  );
  return new Map(
    templates.map(({ fingerprint, shape }) => {
      const read = direct.get(fingerprint) ?? [];
      return [fingerprint, read.length === 0 ? shape.lineage : read];
    }),
  );
}

function writersOf(facts: readonly UsageFact[]): readonly string[] & string[] {
  const latest = facts.toSorted((a, b) => b.lastEndedAt - a.lastEndedAt);
  return [...new Set(latest.map(({ reader }) => reader.name))].slice(0, MOST_WRITERS);
}

/** Once a day. */
function trim({ store: { documents }, clock, config }: Parts): void {
  const today = dayOf(clock.now());
  if (documents.get(TRIMMED, 'day') === today) {
    return;
  }
  const oldest = clock.now() - config.usage.columnRetentionDays * DAY_MS;
  const all = documents
    .list(WRITE)
    .map(({ key, value }) => ({ key, lastAt: keptWrite.safeParse(value).data?.lastAt ?? 0 }))
    .toSorted((a, b) => b.lastAt - a.lastAt);
  documents.transaction(() => {
    for (const [at, { key, lastAt }] of all.entries()) {
      if (at >= MOST_KEPT || lastAt < oldest) {
        documents.remove(WRITE, key);
      }
    }
    documents.put(TRIMMED, 'day', today);
  });
}
