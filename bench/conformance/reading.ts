import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Accepted } from '../peers/peer.ts';
import { askShapes, isRead } from './ask-shapes.ts';
import { breakStatement } from './break-statement.ts';
import { judgeByDuckDb, judgeByPostgres } from './judges.ts';
import type { Measure, Miss, Section, Tally } from './measure.ts';
import { count, OURS, share, tallyOf } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import type { Settings } from './settings.ts';
import type { CorpusStatement } from './statements.ts';
import { readStatements } from './statements.ts';

/** Percent of the valid analytic statements of a dialect. */
const ASKED: Readonly<Partial<Record<DialectName, number>>> = {
  snowflake: 99.5,
  bigquery: 99.5,
  postgres: 99.5,
  duckdb: 99.5,
  spark: 99,
  databricks: 97,
};

/** Right statements a dialect that are broken on purpose. */
const BROKEN = 60;

/** What everybody says of one text. */
interface Opinions {
  readonly statement: CorpusStatement;
  /** Absent: nobody with a native grammar was asked. */
  readonly native: boolean | undefined;
  readonly by: Readonly<Record<string, boolean>>;
  readonly because: string;
}

/** Read rates by dialect and by corpus, and what is refused of what is no SQL. */
export async function measureReading(settings: Settings, peers: PeerSet): Promise<Section> {
  const statements = readStatements(settings);
  const opinions = await opinionsOn(statements, peers);
  const broken = await opinionsOn(brokenOf(opinions), peers);
  const misses: Miss[] = [];
  const measures = [
    ...validByDialect(opinions, misses),
    ...refusals(
      opinions.filter(({ native }) => native === false),
      { title: 'refused of what its own grammar refuses', misses },
    ),
    ...refusals(
      broken.filter(({ native, by }) => !(native ?? by['sqlglot'] ?? true)),
      { title: 'refused of right texts broken on purpose', misses },
    ),
    ...byCorpus(opinions),
  ];
  return {
    title: 'Reading',
    notes: [
      'Through `goldsmith shape`: read is level full or partial. A peer accepts where it parses; sqlglot’s opaque commands are no parse.',
      'Analytic: queries, tables made by a query, changes of rows. Valid: what the native grammar accepts (PostgreSQL’s by pglast, DuckDB’s own), elsewhere what at least one of the engines of this table accepts; that flatters all alike.',
      'Broken on purpose (a bracket taken away, a doubled comma, two clause words too many, the last third cut off): counted where the judge refuses the text, the native grammar or, elsewhere, sqlglot, whose own share is then no finding.',
    ],
    measures,
    misses,
  };
}

async function opinionsOn(
  statements: readonly CorpusStatement[],
  { python, calcite }: PeerSet,
): Promise<readonly Opinions[]> {
  const lines = statements.map(({ id, dialect, sql }) => ({ id, dialect, sql }));
  const ours = await askShapes('reading', lines);
  const [glot, babel] = await Promise.all([
    python.kind === 'open' ? python.ask<Accepted>('parse', lines) : undefined,
    calcite.kind === 'open' ? calcite.ask<Accepted>('parse', lines) : undefined,
  ]);
  const natives = new Map<CorpusStatement, boolean>();
  const judges = [
    ['duckdb', judgeByDuckDb],
    ['postgres', judgeByPostgres(python)],
  ] as const;
  for (const [dialect, judge] of judges) {
    const theirs = statements.filter((statement) => statement.dialect === dialect);
    const judged = (await judge?.(theirs.map(({ sql }) => sql))) ?? [];
    judged.forEach(({ ok }, at) => {
      const statement = theirs[at];
      if (statement !== undefined) {
        natives.set(statement, ok);
      }
    });
  }
  return statements.map((statement, at) => {
    const answer = ours[at];
    return {
      statement,
      native: natives.get(statement),
      by: {
        [OURS]: answer !== undefined && isRead(answer),
        ...(glot === undefined ? {} : { sqlglot: glot[at]?.ok ?? false }),
        ...(babel === undefined ? {} : { calcite: babel[at]?.ok ?? false }),
      },
      because: answer?.unparsed ?? answer?.error ?? '',
    };
  });
}

function validByDialect(opinions: readonly Opinions[], misses: Miss[]): readonly Measure[] {
  const analytic = opinions.filter(
    ({ statement, native, by }) =>
      statement.isAnalytic && (native ?? Object.values(by).some((ok) => ok)),
  );
  return groupsOf(analytic, ({ statement }) => statement.dialect).map(([dialect, group]) => {
    const name = `${dialect}: read of valid analytic statements`;
    for (const { statement, by, because } of group) {
      if (by[OURS] === false) {
        const id = `${statement.corpus} ${statement.id}`;
        misses.push({ measure: name, engine: OURS, id, code: 'NOT_READ', because });
      }
    }
    const atLeast = ASKED[dialect as DialectName];
    return {
      name,
      ...(atLeast === undefined ? {} : { asked: { atLeast } }),
      cells: cellsOf(group, (ok) => ok),
    };
  });
}

/** Shares of texts that are wrong that an engine refuses. */
function refusals(
  opinions: readonly Opinions[],
  { title, misses }: { readonly title: string; readonly misses: Miss[] },
): readonly Measure[] {
  const analytic = opinions.filter(({ statement }) => statement.isAnalytic);
  return groupsOf(analytic, ({ statement }) => statement.dialect).map(([dialect, group]) => {
    const name = `${dialect}: ${title}`;
    for (const { statement, by } of group) {
      if (by[OURS] === true) {
        const id = `${statement.corpus} ${statement.id}`;
        misses.push({ measure: name, engine: OURS, id, code: 'READ_THOUGH_INVALID', because: '' });
      }
    }
    return { name, cells: cellsOf(group, (ok) => !ok) };
  });
}

/** Texts made wrong, of statements that we, sqlglot and the native grammar accept. */
function brokenOf(opinions: readonly Opinions[]): readonly CorpusStatement[] {
  const right = opinions.filter(
    ({ statement, native, by }) =>
      statement.isAnalytic && native !== false && by[OURS] === true && by['sqlglot'] !== false,
  );
  return groupsOf(right, ({ statement }) => statement.dialect).flatMap(([, group]) => {
    const step = Math.max(1, Math.floor(group.length / BROKEN));
    return group
      .filter((_, at) => at % step === 0)
      .flatMap(({ statement }) =>
        breakStatement(statement.sql, dialectOf(statement.dialect)).map((sql, at) => ({
          ...statement,
          id: `${statement.id} broken ${at + 1}`,
          sql,
        })),
      );
  });
}

function byCorpus(opinions: readonly Opinions[]): readonly Measure[] {
  const analytic = opinions.filter(({ statement }) => statement.isAnalytic);
  const keyOf = ({ statement }: Opinions) => `${statement.corpus} (${statement.dialect})`;
  return groupsOf(analytic, keyOf).map(([name, group]) => ({
    name: `${name}: read of all analytic texts`,
    cells: cellsOf(group, (ok) => ok),
  }));
}

function cellsOf(
  group: readonly Opinions[],
  isHit: (accepted: boolean) => boolean,
): Measure['cells'] {
  const tallies = new Map<string, Tally>();
  for (const { by } of group) {
    for (const [engine, ok] of Object.entries(by)) {
      count(tallyOf(tallies, engine), isHit(ok));
    }
  }
  return Object.fromEntries([...tallies].map(([engine, tally]) => [engine, share(tally)]));
}

function groupsOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  return [...Map.groupBy(items, keyOf)].toSorted(([a], [b]) => a.localeCompare(b));
}
