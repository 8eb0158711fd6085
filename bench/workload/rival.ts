import { relationId } from '../../src/base/relation.ts';
import { processThreadMs } from '../../src/connectors/duckdb/thread-time.ts';
import { bytesPerRow } from '../../src/cost/bytes-per-row.ts';
import { RouteRefusals } from '../../src/daemon/route/route-refusals.ts';
import type { Appraisal } from '../../src/decide/appraise.ts';
import { noFacts } from '../../src/marts/facts.ts';
import { quoteRelation } from '../../src/prove/quote.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { MartView } from '../../src/sql/match/match.ts';
import { matchQuery } from '../../src/sql/match/match.ts';
import { normalize } from '../../src/sql/normalize/normalize.ts';
import type { ParseSql } from '../../src/sql/parse-sql.ts';
import { printQuery } from '../../src/sql/print/print-query.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import type { NameContext } from '../../src/sql/schema.ts';
import type { SchemaIndex } from '../../src/sql/schema-index.ts';
import { cellText } from './cell-text.ts';
import type { Ranking } from './choose-rivals.ts';
import type { Meter } from './meter.ts';

/** The database beside the warehouse that rivals keep their marts in: Goldsmith must not see them. */
export const RIVALS = 'rivals';

export interface RivalWorld {
  readonly meter: Meter;
  readonly parse: ParseSql;
  readonly schema: SchemaIndex;
  readonly names: NameContext;
  /** Most bytes, by the catalog's estimate. */
  readonly bytes: number;
}

interface Standing {
  readonly view: MartView;
  readonly sql: string;
  readonly bytes: number;
}

/**
 * Marts chosen once and rebuilt whole whenever a source grows, and a road to them with the same matcher and the same memory of refusals. Nothing is proved
 * at build or at first use, and its choosing costs nothing: both are to its favour.
 */
export class Rival {
  readonly title: string;
  buildCpuMs = 0;
  refreshCpuMs = 0;
  matchCpuMs = 0;
  readonly #marts: readonly Standing[];
  readonly #world: RivalWorld;
  readonly #refusals = new RouteRefusals();

  private constructor(title: string, marts: readonly Standing[], world: RivalWorld) {
    this.title = title;
    this.#marts = marts;
    this.#world = world;
  }

  /** Builds in the ranking's order what fits; what turns out larger than there is room is dropped again, at its cost. */
  static async open({ id, title, appraisals }: Ranking, world: RivalWorld): Promise<Rival> {
    const { meter } = world;
    await meter.run(`create schema ${RIVALS}.${schemaOf(id)}`);
    const startedAt = processThreadMs();
    const marts: Standing[] = [];
    let room = world.bytes;
    for (const [at, appraisal] of appraisals.entries()) {
      if (appraisal.estimate.bytes > room || marts.length >= MOST_MARTS) {
        continue;
      }
      const mart = await build(appraisal, { name: `mart_${at}`, schema: schemaOf(id), world });
      if (mart.bytes > room) {
        await meter.run(`drop table ${quoteRelation(mart.view.relation)}`);
        continue;
      }
      room -= mart.bytes;
      marts.push(mart);
    }
    const rival = new Rival(title, marts, world);
    rival.buildCpuMs = processThreadMs() - startedAt;
    return rival;
  }

  get marts(): number {
    return this.#marts.length;
  }

  get bytes(): number {
    return this.#marts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async refresh(): Promise<void> {
    const startedAt = processThreadMs();
    for (const { view, sql } of this.#marts) {
      await this.#world.meter.run(
        `create or replace table ${quoteRelation(view.relation)} as ${sql}`,
      );
    }
    this.refreshCpuMs += processThreadMs() - startedAt;
  }

  /** The equal statement over its marts; undefined where none answers. */
  async route(sql: string): Promise<string | undefined> {
    const startedAt = processThreadMs();
    try {
      const kind = fingerprint(sql, dialectOf('duckdb')).fingerprint;
      const refused = this.#refusals.recall(this.#marts, kind);
      const found = refused === undefined ? await this.#match(sql) : undefined;
      if (refused === undefined) {
        this.#refusals.note(this.#marts, {
          kind,
          ...(found === undefined ? { because: [] } : {}),
        });
      }
      return found;
    } finally {
      this.matchCpuMs += processThreadMs() - startedAt;
    }
  }

  async #match(sql: string): Promise<string | undefined> {
    const { parse, schema, names } = this.#world;
    const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query') {
      return undefined;
    }
    const bound = bindQuery(statement.query, { schema, names, dialect: dialectOf('duckdb') });
    if (bound.notUnderstood.length > 0) {
      return undefined;
    }
    const found = matchQuery({
      query: normalize(bound.query),
      marts: this.#marts.map(({ view }) => view),
      schema: schema.snapshot,
      dialect: 'duckdb',
    });
    const printed = found.kind === 'rewrite' ? printQuery(found.query, 'duckdb') : undefined;
    return printed?.kind === 'printed' ? printed.sql : undefined;
  }
}

/** As many as Goldsmith may have. */
const MOST_MARTS = 100;

function schemaOf(id: string): string {
  return id.replaceAll('-', '_');
}

async function build(
  { candidate }: Appraisal,
  parts: { readonly name: string; readonly schema: string; readonly world: RivalWorld },
): Promise<Standing> {
  const { name, schema, world } = parts;
  const { query, definition } = candidate;
  const relation = relationId({ database: RIVALS, schema, name });
  const table = quoteRelation(relation);
  await world.meter.run(`create table ${table} as ${definition.sql}`);
  const described = await world.meter.connection.runAndReadAll(`describe ${table}`);
  const columns = described
    .getRowObjectsJson()
    .map(({ column_name: column, column_type: type }) => ({
      name: cellText(column),
      type: cellText(type),
    }));
  const counted = await world.meter.connection.runAndReadAll(`select count(*) from ${table}`);
  const { obligations } = definition;
  return {
    sql: definition.sql,
    bytes: Number(counted.getRowsJson()[0]?.[0]) * bytesPerRow(columns),
    view: {
      relation,
      query,
      columns,
      // Goldsmith measured them before it weighed the candidate.
      facts: {
        ...noFacts,
        source: `obligations of ${relation}`,
        uniqueKeys: obligations.filter((each) => each.kind === 'unique-key'),
        inclusions: obligations.filter((each) => each.kind === 'inclusion'),
        notNull: obligations.filter((each) => each.kind === 'not-null'),
      },
    },
  };
}
