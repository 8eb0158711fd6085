import { DAY_MS, dayOf } from '../base/clock.ts';
import { counted } from '../base/counted.ts';
import type { RelationId } from '../base/relation.ts';
import type { MartAttributes } from '../decide/prune-marts.ts';
import type { Report } from '../http/service.ts';
import type { Mart } from '../marts/mart.ts';
import { type Attribute, lastDay } from '../prune/attribute.ts';
import type { GoldUse } from '../prune/gold-relation-of.ts';
import { shortName } from './cycle-report.ts';

export interface AttributesParts {
  readonly relation: RelationId;
  readonly gold: readonly GoldUse[];
  readonly standings: readonly MartAttributes[];
  readonly marts: readonly Mart[];
}

/** Who uses which attribute of a gold relation, and where each stands on the pruning ladder. */
export function attributesReport({ relation, gold, standings, marts }: AttributesParts): Report {
  const use = gold.find((each) => each.relation === relation);
  if (use === undefined) {
    const known = gold.map((each) => shortName(each.relation)).join(', ');
    const text = `${shortName(relation)} is no gold relation whose attributes are watched; ${known === '' ? 'there is none' : `these are: ${known}`}`;
    return { text, value: { relation, attributes: [] } };
  }
  const mart = marts.find(({ definition }) => definition.relation === relation);
  const judged = new Map(
    standings
      .filter((each) => each.relation === relation)
      .flatMap((each) => each.standings.map((standing) => [standing.attribute, standing])),
  );
  const stages = new Map(mart?.pruned?.map(({ name, stage }) => [name, stage]));
  const attributes = use.attributes.map((attribute) => {
    const standing = judged.get(attribute.name);
    return {
      name: attribute.name,
      stage: stages.get(attribute.name) ?? 'kept',
      rule: standing?.rule ?? '',
      because: standing?.because ?? '',
      namedDays: attribute.namedDays.length,
      starDays: attribute.starDays.length,
      testDays: attribute.testDays.length,
      lastNamed: dayText(lastDay(attribute.namedDays)),
      readers: readersOf(attribute),
    };
  });
  const width = Math.max(...attributes.map(({ name }) => name.length), 'attribute'.length);
  const rows = attributes.map(({ name, stage, lastNamed, namedDays, readers, rule, because }) =>
    [
      name.padEnd(width),
      stage.padEnd(10),
      (lastNamed ?? 'never').padEnd(10),
      String(namedDays).padStart(5),
      String(readers.length).padStart(7),
      rule === '' ? '' : `${rule}: ${because}`,
    ].join('  '),
  );
  const head = [
    'attribute'.padEnd(width),
    'stage     ',
    'last named',
    ' days',
    'readers',
    'why',
  ].join('  ');
  const watched = `${shortName(relation)}: use of its attributes is known since ${dayText(use.watchedSince) ?? 'never'}; it was read on ${counted(use.readDays.length, 'day')}`;
  const why =
    judged.size > 0
      ? ''
      : '\nNothing is pruned of it: it is no physical mart, or prune.enabled is off.';
  return {
    text: `${watched}${why}\n\n${[head, ...rows].join('\n')}\n`,
    value: {
      relation,
      watchedSince: dayText(use.watchedSince),
      readDays: use.readDays.length,
      attributes,
    },
  };
}

function dayText(day: number | undefined): string | undefined {
  return day === undefined ? undefined : dayOf(day * DAY_MS);
}

function readersOf({ namedBy }: Attribute): readonly string[] {
  return namedBy.map(({ kind, name }) => `${kind} ${name}`);
}
