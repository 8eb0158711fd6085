import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MV_SUITES, mvCases } from '../../test/corpus/score-mv-cases.ts';
import { readTraps } from '../../test/corpus/score-traps.ts';
import { askShapes, isFullOrNamed } from './ask-shapes.ts';
import { judgeByDuckDb } from './judges.ts';
import { LINEAGE_SUITES, readLineageCases, shapeLineOf } from './lineage-cases.ts';
import type { Measure, Miss, Section } from './measure.ts';
import { count, newTally, OURS, share } from './measure.ts';
import type { Settings } from './settings.ts';
import { readStatements } from './statements.ts';

/** Percent of the statements that have a schema. */
const ASKED = 97;

interface Line {
  readonly id: string;
  readonly dialect: string;
  readonly sql: string;
  readonly ddl: string;
}

/** How far statements that come with a schema are understood. */
export async function measureLevels(settings: Settings): Promise<Section> {
  const groups: readonly (readonly [string, readonly Line[]])[] = [
    ['tpc', tpcLines(settings)],
    ...MV_SUITES.map((suite) => [suite, mvLines(settings, suite)] as const),
    ['traps', trapLines(settings)],
    ['lineage cases with a schema', lineageLines(settings)],
  ];
  const measures: Measure[] = [];
  const misses: Miss[] = [];
  for (const [group, all] of groups) {
    const lines = await validOf(all);
    const [full, named] = [newTally(), newTally()];
    const name = `${group}: full, or partial with a named reason`;
    const answers = await askShapes(`${group} levels`, lines);
    answers.forEach((answer, at) => {
      count(full, answer.level === 'full');
      count(named, isFullOrNamed(answer));
      if (!isFullOrNamed(answer)) {
        const because = answer.unparsed ?? answer.error ?? 'partial without a reason';
        const id = lines[at]?.id ?? '';
        misses.push({ measure: name, engine: OURS, id, code: answer.level ?? 'ERROR', because });
      }
    });
    measures.push(
      { name, asked: { atLeast: ASKED }, cells: { [OURS]: share(named) } },
      { name: `${group}: full`, cells: { [OURS]: share(full) } },
    );
  }
  const notes = ['Texts of DuckDB’s that its own grammar refuses are left out.'];
  return { title: 'Understanding, with a schema', notes, measures, misses };
}

/** Cases of other engines hold joins that DuckDB's grammar does not know. */
async function validOf(lines: readonly Line[]): Promise<readonly Line[]> {
  const judged = await judgeByDuckDb(lines.map(({ sql }) => sql));
  return lines.filter(({ dialect }, at) => dialect !== 'duckdb' || judged[at]?.ok === true);
}

function mvLines({ stride }: Settings, suite: (typeof MV_SUITES)[number]): readonly Line[] {
  return mvCases({ suite, keyed: false, stride }).flatMap(({ id, setup, mvs, query }) =>
    [query, ...mvs].map((sql) => ({ id, dialect: 'duckdb', sql, ddl: setup })),
  );
}

function trapLines({ stride }: Settings): readonly Line[] {
  return readTraps()
    .filter((_, at) => at % stride === 0)
    .flatMap(({ id, setup, mvs, query }) =>
      [query, ...mvs].map((sql) => ({ id, dialect: 'duckdb', sql, ddl: setup })),
    );
}

function lineageLines({ corpus, stride }: Settings): readonly Line[] {
  return LINEAGE_SUITES.flatMap((suite) => readLineageCases(corpus, suite) ?? [])
    .filter(({ schema }) => Object.keys(schema).length > 0)
    .filter((_, at) => at % stride === 0)
    .map(shapeLineOf);
}

/** TPC-H and TPC-DS as written for each dialect, with the schemas that lie beside the benches. */
function tpcLines(settings: Settings): readonly Line[] {
  const schemas = { tpch: ddlOf('tpch'), tpcds: ddlOf('tpcds') };
  return readStatements(settings)
    .filter(({ corpus, isAnalytic }) => corpus === 'tpc' && isAnalytic)
    .map(({ id, dialect, sql }) => {
      const ddl = /tpc-?h/i.test(id) ? schemas.tpch : schemas.tpcds;
      return { id, dialect, sql, ddl };
    });
}

function ddlOf(name: string): string {
  return readFileSync(join(import.meta.dirname, '../schemas', `${name}.sql`), 'utf8');
}
