import { lineOf, type Rendering, toSource, withEdits } from '../../lineage/dbt/source-map.ts';
import type { Facts } from '../../marts/facts.ts';
import { mayMakeRows } from '../../prune/makes-rows.ts';
import { type RemovedJoin, slimQuery } from '../../prune/slim-query.ts';
import type { BoundExpr, BoundQuery } from '../../sql/bound.ts';
import type { ColumnTypes } from '../../sql/match/column-types.ts';
import { wholeKey } from '../../sql/match/whole-key.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { editsOf, insideNames } from './cut-edits.ts';
import { type Plan, planOf } from './cut-plan.ts';
import type { Live } from './live-items.ts';
import { type ModelWorld, readModel, textOf } from './read-model.ts';
import { outerSelects } from './text-parts.ts';
import type { ModelText, TextSource } from './text-query.ts';

export interface CutRequest {
  /** The model's file. */
  readonly source: string;
  readonly rendering: Rendering;
  /** Output columns that go, in any case. */
  readonly columns: ReadonlySet<string>;
  readonly world: ModelWorld;
  /** What taking a join away may rest on. */
  readonly facts: Facts;
  readonly types: ColumnTypes;
}

export type CutOutcome =
  | {
      readonly kind: 'cut';
      readonly source: string;
      /** The compiled text, with the same parts gone. */
      readonly sql: string;
      /** Outputs that stay, as the text names them. */
      readonly kept: readonly string[];
      /** Items taken out of CTEs and derived tables, by name. */
      readonly inside: readonly string[];
      readonly removedJoins: readonly RemovedJoin[];
      /** Whether both texts, slimmed to the kept columns, are the same query, and nothing that goes may have made rows. */
      readonly isSameShape: boolean;
    }
  | CutRefused;

export interface CutRefused {
  readonly kind: 'refused';
  readonly because: string;
  /** Line of the source, from one, where there is one to point at. */
  readonly line?: number;
}

/**
 * Takes columns out of a model: from its final select list, from the CTEs that gave them only to it, and with the joins and
 * CTEs nothing else needs where facts say that they neither multiply nor lose rows. All else in the file stays byte for byte.
 * Refuses, in words, what it cannot do for certain.
 */
export async function cutColumns(request: CutRequest): Promise<CutOutcome> {
  const { rendering, world, columns } = request;
  const before = await readModel(rendering.sql, world);
  if (before.kind === 'unread') {
    return refused(`its compiled text is not understood: ${before.because}`);
  }
  const text = textOf(rendering.sql, world);
  if (typeof text === 'string') {
    return refused(`the structure of its text is not understood: ${text}`);
  }
  const isGone = (name: string) =>
    [...columns].some((each) => each.toLowerCase() === name.toLowerCase());
  const { outputs } = before.bound;
  const missing = [...columns].filter(
    (each) => !outputs.some((name) => name.toLowerCase() === each.toLowerCase()),
  );
  const kept = outputs.filter((name) => !isGone(name));
  if (missing.length > 0 || kept.length === 0) {
    return refused(
      missing.length > 0
        ? `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not among its outputs (${outputs.join(', ')})`
        : 'no column would be left',
    );
  }
  const plan = planOf({
    text,
    bound: before.bound,
    kept: new Set(kept),
    mentions: rendering.mentions,
  });
  if (typeof plan === 'string') {
    return refused(`text and tree of it do not agree: ${plan}`);
  }
  return finish(request, { text, bound: before.bound, query: before.query, kept, plan });
}

function refused(because: string): CutRefused {
  return { kind: 'refused', because };
}

interface Finishing {
  readonly text: ModelText;
  readonly bound: BoundQuery;
  readonly query: NormalQuery;
  readonly kept: readonly string[];
  readonly plan: Plan;
}

async function finish(request: CutRequest, parts: Finishing): Promise<CutOutcome> {
  const { rendering, world, facts, types } = request;
  const { text, bound, query, kept, plan } = parts;
  const keep = new Set(kept);
  const slim = slimQuery(query, { keep, facts, types });
  const wantedKey = wholeKey(slim.query);
  const tried = async (removed: ReadonlySet<TextSource>) => {
    const edits = editsOf(plan, removed, text);
    const sql = withEdits(rendering.sql, edits);
    const after = await readModel(sql, world);
    return { edits, sql, after };
  };
  let removed: ReadonlySet<TextSource> = new Set();
  let now = await tried(removed);
  if (now.after.kind === 'read' && slim.removed.length > 0) {
    for (const source of joinsToTry(plan, removed)) {
      const next = new Set([...removed, source]);
      const attempt = await tried(next);
      const isLossless =
        attempt.after.kind === 'read' &&
        wholeKey(slimQuery(attempt.after.query, { keep, facts, types }).query) === wantedKey &&
        toSource(attempt.edits, rendering).kind === 'edits';
      if (isLossless) {
        removed = next;
        now = attempt;
      }
    }
  }
  const stuck = stuckItem(plan.afterWithout(removed), { plan, bound, keep });
  const { after, edits, sql } = now;
  if (after.kind === 'read' && after.bound.outputs.join('\n') !== kept.join('\n')) {
    const left = after.bound.outputs.filter((name) => !keep.has(name));
    return refused(
      stuck ??
        (isWritten(left, { plan, text })
          ? `${left.join(', ')} stays: DISTINCT, a set operation or another part of the query needs it`
          : `${left.join(', ')} does not stand in its select list as an item: a \`*\` hands it on; name the columns there, or leave it out of the \`*\``),
    );
  }
  if (after.kind === 'unread') {
    return refused(
      `without ${[...request.columns].join(', ')} its text is not understood: ${after.because}`,
    );
  }
  const source = toSource(edits, rendering);
  if (source.kind === 'refused') {
    return { ...refused(source.because), line: lineOf(request.source, source.at) };
  }
  const isSameShape =
    wholeKey(slimQuery(after.query, { keep, facts, types }).query) === wantedKey &&
    !goneItems(plan, removed).some(mayMakeRows);
  return {
    kind: 'cut',
    source: withEdits(request.source, source.edits),
    sql,
    kept,
    inside: insideNames(plan, removed, text),
    removedJoins: removed.size === 0 ? [] : slim.removed,
    isSameShape,
  };
}

/** Whether some of these outputs are items of the last select list, or of a member of the last union. */
function isWritten(
  names: readonly string[],
  { plan, text }: { readonly plan: Plan; readonly text: ModelText },
): boolean {
  return outerSelects(text.query).some(({ items }) =>
    items.some((item) => names.includes(plan.before.meaning.get(item)?.name ?? '')),
  );
}

/** What the items that go are. */
function goneItems(plan: Plan, removed: ReadonlySet<TextSource>): readonly BoundExpr[] {
  const live = plan.afterWithout(removed);
  return [...plan.before.items].flatMap((item) =>
    live.items.has(item) ? [] : (plan.before.meaning.get(item)?.expr ?? []),
  );
}

/** The words for an output that cannot go because of where else its name counts. */
function stuckItem(
  live: Live,
  {
    plan,
    bound,
    keep,
  }: { readonly plan: Plan; readonly bound: BoundQuery; readonly keep: ReadonlySet<string> },
): string | undefined {
  const [found] = [...live.because].filter(([item]) => {
    const meaning = plan.before.meaning.get(item);
    return meaning !== undefined && bound.outputs.includes(meaning.name) && !keep.has(meaning.name);
  });
  const name = found === undefined ? undefined : plan.before.meaning.get(found[0])?.name;
  return found === undefined ? undefined : `${name ?? 'a column'} stays: ${found[1]}`;
}

/** Joins that were read and are not any more, the last ones first: what hangs on others goes before them. */
function joinsToTry(plan: Plan, removed: ReadonlySet<TextSource>): readonly TextSource[] {
  const { sources } = plan.afterWithout(removed);
  return [...plan.before.sources]
    .filter((source) => !sources.has(source) && (source.join === 'left' || source.join === 'inner'))
    .toSorted((a, b) => b.first - a.first);
}
