import { DAY_MS, dayOf, type EpochMs } from '../../base/clock.ts';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { type RelationId, relationId, relationParts } from '../../base/relation.ts';
import type { LineageDirection, Report } from '../../http/service.ts';
import { type ColumnEdge, columnLineage, keyOf, type Write } from '../../lineage/column-edges.ts';
import { type LineageStep, traceColumns } from '../../lineage/trace-columns.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { ColumnOf } from '../../sql/query-shape.ts';
import type { UsageLog } from '../../usage/usage-ports.ts';
import { shortName } from '../cycle-report.ts';
import { type DbtLineage, exposuresOn, sayExposure, withModels } from '../dbt/dbt-lineage.ts';
import type { Engine } from '../engine.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import { relationNamed } from '../relation-named.ts';

export interface LineageParts {
  /** `gold.daily`, or one column of it: `gold.daily.total`. */
  readonly what: string;
  readonly direction: LineageDirection;
  readonly schema: ObservedSchema;
  readonly names: Engine['names'];
  readonly dialect: Engine['connector']['dialect'];
  readonly writes: readonly Write[];
  /** What a dbt project beside the warehouse tells; nothing where there is none. */
  readonly dbt: DbtLineage;
  readonly log: Pick<UsageLog, 'columnReads'>;
  /** How far back readers are looked for. */
  readonly days: number;
  readonly now: EpochMs;
}

/** A step of the way as it is told: people at the end of it. */
interface ToldStep {
  readonly relation: RelationId;
  readonly column: string;
  readonly how?: ColumnEdge['how'];
  /** Of a statement: who ran it, and the day it last ran. */
  readonly by?: readonly string[];
  readonly lastDay?: string;
  readonly again?: true;
  readonly readers: readonly LineageReader[];
  readonly next: readonly ToldStep[];
}

interface LineageReader {
  readonly kind: string;
  readonly name: string;
  readonly tool: string;
  readonly lastDay: string;
  readonly days: number;
}

/**
 * What a column is made of and what is made of it, through views and through statements that wrote tables, with who
 * read it at the ends of the way down. Raises `LINEAGE_UNKNOWN` for a relation or a column that is not there.
 */
export function lineageReport(parts: LineageParts): Report {
  const { schema, writes, dialect, direction } = parts;
  const start = startOf(parts);
  const { edges: seen, notUnderstood } = columnLineage({
    snapshot: schema.snapshot,
    dialect: dialectOf(dialect),
    writes,
  });
  const edges = withModels(seen, parts.dbt);
  const readersOf = readersByColumn(parts);
  const columns = start.map((column) => ({
    ...column,
    ...(direction === 'down'
      ? {}
      : { madeOf: told(traceColumns(column, { edges, direction: 'up' }), () => []).next }),
    ...(direction === 'up'
      ? {}
      : { goesInto: told(traceColumns(column, { edges, direction: 'down' }), readersOf) }),
  }));
  const lines = columns.flatMap(({ relation, column, madeOf, goesInto }) => [
    `${shortName(relation)}.${column}`,
    ...(madeOf === undefined ? [] : section('made of', madeOf, 'nothing Goldsmith has seen')),
    ...(goesInto === undefined
      ? []
      : [...section('goes into', goesInto.next, 'nothing'), ...readerLines(goesInto, 1)]),
  ]);
  const exposures = exposuresOn(
    columns.flatMap(({ goesInto }) => (goesInto === undefined ? [] : columnsIn(goesInto))),
    parts.dbt,
  );
  const unsure = notUnderstood.map(
    ({ relation, because }) => `not understood: ${shortName(relation)} (${because})`,
  );
  return {
    text: `${[...lines, ...exposures.map(sayExposure), ...unsure].join('\n')}\n`,
    value: { columns, exposures, notUnderstood },
  };
}

/** The columns asked for: of a relation, all; a dotted name is a relation first, a column of one second. */
function startOf({ what, schema, names }: LineageParts): readonly ColumnOf[] {
  const whole = schema.index.relationOf(relationNamed(what, { schema, names }));
  if (whole !== undefined) {
    return whole.columns.map(({ name }) => ({ relation: whole.id, column: name }));
  }
  const { database, schema: first, name } = relationParts(what);
  const rest =
    database === undefined ? { name: first ?? '' } : { schema: database, name: first ?? '' };
  const relation = schema.index.relationOf(relationNamed(relationId(rest), { schema, names }));
  const column = relation?.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (relation === undefined) {
    const message = `${what} is no relation and no column of one that the warehouse shows; write schema.relation or schema.relation.column`;
    throw new GoldsmithError('LINEAGE_UNKNOWN', message);
  }
  if (column === undefined) {
    const known = relation.columns.map((one) => one.name).join(', ');
    const message = `${shortName(relation.id)} has no column ${name}; it has ${known}`;
    throw new GoldsmithError('LINEAGE_UNKNOWN', message);
  }
  return [{ relation: relation.id, column: column.name }];
}

type ReadersOf = (column: ColumnOf) => readonly LineageReader[];

function readersByColumn({ log, days, now }: LineageParts): ReadersOf {
  const byColumn = new Map<string, Map<string, LineageReader & { readonly seen: Set<string> }>>();
  const range = { fromDay: dayOf(now - days * DAY_MS), untilDay: dayOf(now) };
  for (const { relation, column, reader, day } of log.columnReads(range)) {
    const key = keyOf({ relation, column });
    const readers = byColumn.get(key) ?? new Map();
    const who = `${reader.kind} ${reader.tool} ${reader.name}`;
    const before = readers.get(who);
    const seen = before?.seen ?? new Set<string>();
    seen.add(day);
    const lastDay = before === undefined || day > before.lastDay ? day : before.lastDay;
    readers.set(who, { ...reader, lastDay, days: seen.size, seen });
    byColumn.set(key, readers);
  }
  return (column) =>
    [...(byColumn.get(keyOf(column))?.values() ?? [])]
      .map(({ kind, name, tool, lastDay, days: count }) => ({
        kind,
        name,
        tool,
        lastDay,
        days: count,
      }))
      .toSorted((a, b) => (`${b.lastDay}${a.name}` < `${a.lastDay}${b.name}` ? -1 : 1));
}

/** Each reader stands as far down as it can: who reads a view is not told again of the table below. */
function told({ at, again, next, ...edge }: LineageStep, readersOf: ReadersOf): ToldStep {
  const onward = next.map((step) => told(step, readersOf));
  const below = new Set(onward.flatMap(peopleIn));
  return {
    relation: at.relation,
    column: at.column,
    ...edge,
    ...(again ? { again } : {}),
    readers: again ? [] : readersOf(at).filter((reader) => !below.has(personOf(reader))),
    next: onward,
  };
}

function columnsIn({ relation, column, next }: ToldStep): readonly ColumnOf[] {
  return [{ relation, column }, ...next.flatMap(columnsIn)];
}

function peopleIn({ readers, next }: ToldStep): readonly string[] {
  return [...readers.map(personOf), ...next.flatMap(peopleIn)];
}

function personOf({ kind, tool, name }: LineageReader): string {
  return `${kind} ${tool} ${name}`;
}

function section(title: string, steps: readonly ToldStep[], none: string): readonly string[] {
  return steps.length === 0
    ? [`  ${title}: ${none}`]
    : [`  ${title}`, ...steps.flatMap((step) => stepLines(step, 2))];
}

function stepLines(step: ToldStep, depth: number): readonly string[] {
  const { relation, column, again, next } = step;
  const marks = [howOf(step), again && 'told above'];
  const because = marks.filter((mark) => mark !== undefined).join(', ');
  return [
    `${'  '.repeat(depth)}${shortName(relation)}.${column}${because === '' ? '' : ` (${because})`}`,
    ...next.flatMap((one) => stepLines(one, depth + 1)),
    ...readerLines(step, depth + 1),
  ];
}

function howOf({ how, by = [], lastDay }: ToldStep): string | undefined {
  if (how !== 'statement') {
    return how === 'dbt' ? 'dbt model' : how;
  }
  const who = by.length === 0 ? 'a statement' : by.slice(0, 3).join(', ');
  return `written by ${who}${lastDay === undefined ? '' : `, last on ${lastDay}`}`;
}

function readerLines({ readers }: ToldStep, depth: number): readonly string[] {
  return readers.map(({ kind, name, tool, lastDay, days }) => {
    const by = tool === '' ? kind : `${kind}, ${tool}`;
    return `${'  '.repeat(depth)}read by ${name} (${by}), last on ${lastDay}, on ${days} ${days === 1 ? 'day' : 'days'}`;
  });
}
