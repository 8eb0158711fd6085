import type { TextEdit } from '../../lineage/dbt/source-map.ts';
import type { Plan } from './cut-plan.ts';
import { cutOf, entryCuts, itemCuts, movedOrdinals } from './list-cuts.ts';
import type { Live } from './live-items.ts';
import { outerSelects, selectsIn, withsIn } from './text-parts.ts';
import type { ModelText, TextCte, TextItem, TextSelect, TextSource } from './text-query.ts';

/** The changes of the compiled text that a plan makes of it. */
export function editsOf(
  plan: Plan,
  removed: ReadonlySet<TextSource>,
  text: ModelText,
): readonly TextEdit[] {
  const { tokens } = text;
  const live = plan.afterWithout(removed);
  const gone = (item: TextItem) => plan.before.items.has(item) && !live.items.has(item);
  const deadCtes = deadCtesOf(plan, live);
  const edits: TextEdit[] = [];
  for (const { select, inside } of selectsIn(text.query)) {
    if (inside.some((cte) => deadCtes.has(cte))) {
      continue;
    }
    const cut = cutItems(select, gone);
    const places = [...cut].flatMap((item) => plan.before.meaning.get(item)?.place ?? []);
    edits.push(
      ...itemCuts(tokens, select, cut),
      ...movedOrdinals(tokens, select.groupBy, places),
      ...movedOrdinals(tokens, select.orderBy, places),
      ...select.sources
        .filter((source) => removed.has(source))
        .map((source) => cutOf(tokens, source)),
    );
  }
  for (const entries of withsIn(text.query)) {
    const cut = new Set(entries.filter((entry) => deadCtes.has(entry)));
    if (cut.size > 0 && cut.size < entries.length) {
      edits.push(...entryCuts(tokens, entries, cut));
    }
  }
  return withoutInner(edits);
}

/** What lies in a part that goes as a whole needs no change of its own. */
function withoutInner(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.filter(
    (edit, at) =>
      !edits.some(
        (other, otherAt) =>
          other.text === '' &&
          other.start <= edit.start &&
          edit.end <= other.end &&
          (other.end - other.start > edit.end - edit.start || otherAt < at),
      ),
  );
}

/** A select list never goes empty: the last of its items stays, read or not. */
function cutItems({ items }: TextSelect, gone: (item: TextItem) => boolean): ReadonlySet<TextItem> {
  const cut = items.filter(gone);
  return new Set(cut.length === items.length ? cut.slice(1) : cut);
}

function deadCtesOf(plan: Plan, live: Live): ReadonlySet<TextCte> {
  return new Set([...plan.before.ctes].filter((cte) => !live.ctes.has(cte)));
}

/** Items of CTEs and derived tables that go, by name. */
export function insideNames(
  plan: Plan,
  removed: ReadonlySet<TextSource>,
  text: ModelText,
): readonly string[] {
  const live = plan.afterWithout(removed);
  const dead = deadCtesOf(plan, live);
  const outer = new Set(outerSelects(text.query));
  const names = selectsIn(text.query)
    .filter(
      ({ select, inside }) =>
        !outer.has(select) &&
        !inside.some((cte) => dead.has(cte)) &&
        ![...removed].some(({ first, end }) => first <= select.first && select.end <= end),
    )
    .flatMap(({ select }) => select.items)
    .filter((item) => plan.before.items.has(item) && !live.items.has(item))
    .flatMap((item) => plan.before.meaning.get(item)?.name ?? []);
  return [...new Set(names)];
}
