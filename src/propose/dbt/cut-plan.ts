import type { BoundQuery } from '../../sql/bound.ts';
import { wordsIn } from './list-cuts.ts';
import { type Live, liveItems } from './live-items.ts';
import { orUnreadable } from './read-model.ts';
import { selectsIn, withsIn } from './text-parts.ts';
import type { ModelText, TextItem, TextSource } from './text-query.ts';

export interface Planning {
  readonly text: ModelText;
  readonly bound: BoundQuery;
  readonly kept: ReadonlySet<string>;
  readonly mentions: ReadonlySet<string>;
}

/** What of a model's text goes, given the joins that are taken away. */
export interface Plan {
  readonly before: Live;
  /** What is live once these joins are gone. */
  readonly afterWithout: (removed: ReadonlySet<TextSource>) => Live;
}

/** What is live before and after; a reason in words where text and tree do not agree. */
export function planOf({ text, bound, kept, mentions }: Planning): Plan | string {
  const all = new Set(bound.outputs.keys());
  const wanted = new Set(bound.outputs.flatMap((name, at) => (kept.has(name) ? [at] : [])));
  const nothing = { pinned: new Set<TextItem>(), removed: new Set<TextSource>() };
  return orUnreadable(() => {
    const before = liveItems({ text, bound, outputs: all, ...nothing });
    const named = namesElsewhere(text, before, mentions);
    const afterWithout = (removed: ReadonlySet<TextSource>): Live => {
      const pinned = new Set<TextItem>();
      for (;;) {
        const live = liveItems({ text, bound, outputs: wanted, pinned, removed });
        const news = [...before.items].filter(
          (item) =>
            !live.items.has(item) &&
            !pinned.has(item) &&
            isNamedElsewhere(item, { text, before, live, named }),
        );
        if (news.length === 0) {
          return live;
        }
        news.forEach((item) => pinned.add(item));
      }
    };
    // Once, so that what does not agree is found here.
    afterWithout(nothing.removed);
    return { before, afterWithout };
  });
}

/** Words that may mean any item: in Jinja, in WINDOW clauses, in CTEs nobody reads. */
function namesElsewhere(
  text: ModelText,
  before: Live,
  mentions: ReadonlySet<string>,
): ReadonlySet<string> {
  const words = new Set(mentions);
  for (const { select } of selectsIn(text.query)) {
    if (select.windows !== undefined) {
      wordsIn(text.tokens, select.windows).forEach((word) => words.add(word));
    }
  }
  for (const cte of withsIn(text.query).flat()) {
    if (!before.ctes.has(cte)) {
      wordsIn(text.tokens, cte).forEach((word) => words.add(word));
    }
  }
  return words;
}

interface Naming {
  readonly text: ModelText;
  readonly before: Live;
  readonly live: Live;
  readonly named: ReadonlySet<string>;
}

/**
 * Whether an item's name stands where it may mean the item and no tree shows it: as an alias that other clauses of its select use,
 * or in words nobody resolves. A column that is handed on under its own name is the same under either meaning.
 */
function isNamedElsewhere(item: TextItem, { text, before, live, named }: Naming): boolean {
  const meaning = before.meaning.get(item);
  const select = selectsIn(text.query).find((each) => each.select.items.includes(item))?.select;
  if (meaning === undefined || select === undefined) {
    return true;
  }
  const name = meaning.name.toLowerCase();
  if (named.has(name)) {
    return true;
  }
  const isSame = meaning.expr.kind === 'ref' && meaning.expr.column.toLowerCase() === name;
  if (isSame) {
    return false;
  }
  const others = select.items.filter((each) => each !== item && live.items.has(each));
  const lastItem = select.items.at(-1)?.end ?? select.first;
  const runs = [...others, { first: lastItem, end: select.end }];
  return runs.some((run) => isUsedBare(text, run, name));
}

/** The name without a qualifier before it, and not as the alias that ends an item. */
function isUsedBare(
  { tokens }: ModelText,
  run: { first: number; end: number },
  name: string,
): boolean {
  const words = wordsIn(tokens, run);
  return words.some(
    (word, at) =>
      word === name && words[at - 1] !== '.' && words[at + 1] !== '(' && words[at - 1] !== 'as',
  );
}
