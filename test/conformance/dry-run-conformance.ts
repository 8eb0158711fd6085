import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, Session } from '../../src/connectors/connector.ts';
import type { HistorySource } from '../../src/connectors/history-row.ts';
import { type DryRunResult, dryRunStatements } from '../../src/materializer/dry-run.ts';
import type { DryRunTarget } from '../../src/materializer/dry-run-kind.ts';
import { historyKinds, readingKinds } from '../../src/materializer/dry-run-reading.ts';
import { writingKinds } from '../../src/materializer/dry-run-writing.ts';
import { liveThrough } from '../emulators/statements/sent-statements.ts';
import { idOf, type LoopSubject } from './loop-world.ts';
import { formOf } from './statement-form.ts';

export interface DryRunSubject {
  /** A warehouse of its own, which keeps what it was sent; a life in it does not close it. */
  readonly lived: () => Promise<{
    readonly subject: LoopSubject;
    readonly connector: Connector;
    readonly sent: () => readonly string[];
    readonly close: () => Promise<void>;
  }>;
  readonly history: (connector: Connector) => Promise<HistorySource>;
  /** A life takes long on its server: it is lived with GOLDSMITH_LONG=1 alone. */
  readonly isSlow?: true;
  /** What only a life asks, each with why it is not tried: forms of statements. */
  readonly besides?: Readonly<Record<string, string>>;
  /** Statements that change something, as the server tells them. */
  readonly changes: RegExp;
  /** Kinds that cannot be looked at here where the schemas are there and nothing else, each with what the reason says. */
  readonly untried: Readonly<Record<string, RegExp>>;
}

const isLong = process.env['GOLDSMITH_LONG'] === '1';

/** Every form of statement of a mart's life is tried before there is one, and nothing is changed by that. */
export function dryRunConformance(name: string, subject: DryRunSubject): void {
  describe(`what Goldsmith would send to ${name}`, () => {
    let lived: Awaited<ReturnType<DryRunSubject['lived']>>;
    let results: readonly DryRunResult[];
    let target: DryRunTarget;
    let whileTrying: readonly string[];

    beforeAll(async () => {
      lived = await subject.lived();
      const { connector } = lived;
      const of = (schema: string) => idOf(lived.subject, schema);
      const warehouse = await lived.subject.open();
      await warehouse.people(
        `create table ${lived.subject.schema}.sampled (id bigint, said varchar)`,
      );
      const catalog = await connector.readCatalog({ purpose: 'catalog' });
      target = {
        sample: catalog.find(({ kind }) => kind === 'table'),
        goldSchema: of('gold'),
        dataSchema: of('gold_data'),
        ledgerSchema: of('goldsmith'),
        writes: true,
        nativeShapes: true,
        history: subject.history,
      };
      // What the doctor asks really whenever it tries, counts as tried.
      await connector.diagnose?.(
        { schemas: [target.goldSchema], adoptable: [], writes: true },
        { purpose: 'catalog' },
      );
      results = await dryRunStatements(connector, target);
      whileTrying = lived.sent().slice();
    });
    afterAll(async () => {
      await lived.connector.close();
      await lived.close();
    });

    it('is accepted, or said to be beyond what it explains, and nothing is changed', () => {
      const untried = results.filter(({ outcome }) => outcome === 'not-tried');

      expect(results.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
      expect(Object.fromEntries(untried.map(({ kind, detail }) => [kind, detail]))).toEqual(
        Object.fromEntries(
          Object.entries(subject.untried).map(([kind, detail]) => [
            kind,
            expect.stringMatching(detail),
          ]),
        ),
      );
      expect(whileTrying.filter((sql) => subject.changes.test(sql))).toEqual([]);
    });

    it.skipIf(subject.isSlow === true && !isLong)(
      'has every form of statement that a mart’s life sends',
      async () => {
        await liveThrough(lived.subject);
        const whileLiving = lived.sent().slice(whileTrying.length);
        const texts = [...(await textsTried(lived.connector, target)), ...whileTrying];
        const tried = new Set([...texts.map(formOf), ...Object.keys(subject.besides ?? {})]);
        const untried = whileLiving.map(formOf).filter((form) => !tried.has(form));

        expect(tried.size).toBeGreaterThan(20);
        expect([...new Set(untried)].toSorted()).toEqual([]);
      },
    );
  });
}

async function textsTried(connector: Connector, target: DryRunTarget): Promise<readonly string[]> {
  const { wording } = connector;
  const texts: string[] = [];
  const cost = { durationMs: 0, cpuMs: 0, rowsReturned: 0 };
  const hear = async (sql: string) => {
    texts.push(sql);
    return { columns: [], rows: [], cost, ...cost };
  };
  const session: Session = {
    wording,
    query: hear,
    execute: hear,
    async *stream(sql) {
      yield (await hear(sql)).rows;
    },
  };
  const kinds = [
    ...readingKinds(target, wording),
    ...(await historyKinds(connector, target.history)),
    ...writingKinds(target),
  ];
  for (const { run } of kinds) {
    await run(session).catch(ignoreEmptyAnswers);
  }
  return texts;
}

function ignoreEmptyAnswers(): void {
  // What a kind makes of an empty answer is no matter here: its statement was heard.
}
