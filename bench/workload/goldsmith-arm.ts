import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { handTurnedClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { processThreadMs } from '../../src/connectors/duckdb/thread-time.ts';
import type { CycleResult } from '../../src/daemon/cycle.ts';
import { shortName } from '../../src/daemon/cycle-report.ts';
import { type Goldsmith, startGoldsmith } from '../../src/daemon/start-goldsmith.ts';
import type { RouteAnswer, RouteRequest } from '../../src/http/service.ts';
import type { MissReason } from '../../src/marts/certificate.ts';
import type { Measured } from './meter.ts';
import type { Tally } from './tally.ts';
import type { Ask } from './workload.ts';
import type { Arm, Lived } from './workload-report.ts';

export interface GoldsmithParts {
  readonly instance: DuckDBInstance;
  readonly home: string;
  readonly clock: ReturnType<typeof handTurnedClock>;
  readonly budgetBytes: number;
  readonly say: (text: string) => void;
}

/** The daemon itself on the bench's warehouse: its own defaults, but for the schedule, the storage cap and daily data. */
export class GoldsmithArm {
  readonly title = 'Goldsmith';
  readonly client = 'workbench';
  readonly #parts: GoldsmithParts;
  readonly #goldsmith: Goldsmith;
  readonly #history: string;
  readonly #news: string[] = [];
  /** Of all nights, of all asking of routes, and of that part of it in which a kind of statement was answered first. */
  #nightsCpuMs = 0;
  #routesCpuMs = 0;
  #firstUsesCpuMs = 0;
  /** Of its statements at night, by purpose. */
  readonly #nightStatements = new Map<string, number>();
  readonly #answered = new Set<string>();
  #asked = 0;
  #spent: ReadonlyMap<string, number> = new Map();
  #records = 0;
  #last: CycleResult | undefined;

  private constructor(parts: GoldsmithParts, goldsmith: Goldsmith, history: string) {
    this.#parts = parts;
    this.#goldsmith = goldsmith;
    this.#history = history;
  }

  static async open(parts: GoldsmithParts): Promise<GoldsmithArm> {
    const { home, instance, clock } = parts;
    const history = join(home, 'history.jsonl');
    writeFileSync(history, '');
    const config = parseConfig({ file: 'bench.yaml', text: configText(parts, history), env: {} });
    const goldsmith = await startGoldsmith({ config, instance, clock });
    return new GoldsmithArm(parts, goldsmith, history);
  }

  /** One cycle: reads what was asked, decides, builds, refreshes, measures. */
  async night(): Promise<CycleResult> {
    const before = this.#nightsCpuMs;
    await this.#spentSince();
    const result = await this.#metered(
      () => this.#goldsmith.cycle(),
      (cpuMs) => (this.#nightsCpuMs += cpuMs),
    );
    this.#last = result;
    this.#parts.say(
      `  night: ${seconds(this.#nightsCpuMs - before)} s; statements of it: ${this.#noted(await this.#spentSince())}`,
    );
    for (const each of newsOf(result)) {
      this.#news.push(`${new Date(this.#parts.clock.now()).toISOString().slice(0, 10)} ${each}`);
      this.#parts.say(`  ${each}`);
    }
    return result;
  }

  /** `sent` is what the client sends: `served` where a mart answers, else the statement, perhaps with a comment. */
  async route({ sql, user, template }: Pick<Ask, 'sql' | 'user' | 'template'>): Promise<{
    readonly sent: string;
    readonly served: string | undefined;
    readonly because: string | undefined;
  }> {
    const request = { sql, user, client: this.client };
    let spent = 0;
    const routed = await this.#metered(
      () => this.#settled(request),
      (cpuMs) => (spent = cpuMs),
    );
    this.#asked += 1;
    if (routed.answer === 'mart' && !this.#answered.has(template)) {
      this.#answered.add(template);
      this.#firstUsesCpuMs += spent;
    } else {
      this.#routesCpuMs += spent;
    }
    const reason = reasonOf(routed);
    return {
      sent: routed.sql,
      served: routed.answer === 'mart' ? routed.sql : undefined,
      because: reason && `${reason.code}: ${reason.text}`,
    };
  }

  /** A first use that is still being tried is asked for again, or its trying would be counted to the next statement. */
  async #settled(request: RouteRequest): Promise<RouteAnswer> {
    const answer = await this.#goldsmith.route(request);
    return reasonOf(answer)?.code === 'PROOF_PENDING' ? this.#settled(request) : answer;
  }

  /** A line of the warehouse's history. */
  record(statement: {
    readonly sql: string;
    readonly run: Measured;
    readonly at: number;
    readonly user: string;
    readonly client: string;
  }): void {
    const { sql, run, at, user, client } = statement;
    this.#records += 1;
    const row = {
      id: `s${String(this.#records).padStart(6, '0')}`,
      text: sql,
      startedAt: new Date(at).toISOString(),
      endedAt: new Date(at + Math.ceil(run.durationMs)).toISOString(),
      status: 'success',
      user,
      client,
      durationMs: run.durationMs,
      cpuMs: run.toldCpuMs,
      rowsReturned: run.rows.length,
    };
    appendFileSync(this.#history, `${JSON.stringify(row)}\n`);
  }

  /** One more look, not counted, at what all its work was. */
  async end(): Promise<Pick<Lived, 'news' | 'explained' | 'lines'>> {
    const lines = this.#lines();
    this.#last = await this.#goldsmith.cycle();
    const { text: explained } = await this.#goldsmith.explain(undefined);
    return { news: this.#news, explained, lines };
  }

  /** What it did beside answering, each thing once. */
  #lines(): Lived['lines'] {
    const named = new Map<string, number>();
    let statementsMs = 0;
    for (const [purpose, cpuMs] of this.#nightStatements) {
      const line = LINE_OF[purpose] ?? 'other statements';
      named.set(line, (named.get(line) ?? 0) + cpuMs);
      statementsMs += cpuMs;
    }
    return [
      ...[...named].map(([line, cpuMs]) => ({ line, cpuMs })),
      { line: 'reading history, deciding, planning', cpuMs: this.#nightsCpuMs - statementsMs },
      { line: 'trying first uses', cpuMs: this.#firstUsesCpuMs },
      { line: `finding rewrites, ${this.#asked} times`, cpuMs: this.#routesCpuMs },
    ];
  }

  /** What it cost so far. Builds and refreshes by what their statements took. */
  arm(tally: Tally): Arm {
    const { workDone = [], marts = [] } = this.#last?.input ?? {};
    const engineMs = workDone.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const allCpuMs = this.#nightsCpuMs + this.#routesCpuMs + this.#firstUsesCpuMs;
    const busyShare = Math.min(1, allCpuMs / Math.max(1, engineMs));
    const cpuOf = (...kinds: readonly string[]) =>
      busyShare *
      workDone
        .filter(({ kind }) => kinds.includes(kind))
        .reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const buildCpuMs = cpuOf('build', 'failed-build');
    const refreshCpuMs = cpuOf('refresh');
    const standing = marts.flatMap(({ current }) => (current === undefined ? [] : [current]));
    return tally.arm(this.title, {
      marts: standing.length,
      bytes: standing.reduce((sum, { bytes }) => sum + bytes, 0),
      buildCpuMs,
      refreshCpuMs,
      otherCpuMs: Math.max(0, allCpuMs - buildCpuMs - refreshCpuMs),
    });
  }

  close(): Promise<void> {
    return this.#goldsmith.close();
  }

  async #metered<Value>(work: () => Promise<Value>, add: (cpuMs: number) => void): Promise<Value> {
    const startedAt = processThreadMs();
    try {
      return await work();
    } finally {
      add(processThreadMs() - startedAt);
    }
  }

  /** What its own statements took since it was asked last, by purpose, in seconds. */
  async #spentSince(): Promise<ReadonlyMap<string, number>> {
    const lines = (await this.#goldsmith.metrics.text()).matchAll(
      /^goldsmith_own_cpu_seconds_total\{.*purpose="([^"]*)"\} (\S+)$/gm,
    );
    const spent = new Map([...lines].map(([, purpose = '', told]) => [purpose, Number(told)]));
    const before = this.#spent;
    this.#spent = spent;
    return new Map(
      [...spent].map(([purpose, told]) => [purpose, told - (before.get(purpose) ?? 0)]),
    );
  }

  /** Added to the nights' statements, and in words. */
  #noted(spent: ReadonlyMap<string, number>): string {
    for (const [purpose, told] of spent) {
      this.#nightStatements.set(purpose, (this.#nightStatements.get(purpose) ?? 0) + told * 1000);
    }
    return [...spent]
      .filter(([, told]) => told >= 0.01)
      .map(([purpose, told]) => `${purpose} ${told.toFixed(2)}`)
      .join(', ');
  }
}

const LINE_OF: Readonly<Record<string, string>> = {
  build: 'computing marts',
  freshness: 'looking at the sources',
  facts: 'counting keys and references',
  verify: 'proving versions',
  replay: 'replaying statements',
  publish: 'publishing, ledger, catalog',
  ledger: 'publishing, ledger, catalog',
  catalog: 'publishing, ledger, catalog',
  measure: 'measuring what is saved',
};

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function reasonOf(routed: RouteAnswer): MissReason | undefined {
  return routed.answer === 'base' ? routed.because[0] : undefined;
}

function configText({ home, budgetBytes }: GoldsmithParts, history: string): string {
  return `
mode: auto
warehouse: { kind: duckdb, path: ${JSON.stringify(join(home, 'warehouse.duckdb'))} }
history: { source: export, path: ${JSON.stringify(history)} }
state: { path: ${JSON.stringify(join(home, 'state.sqlite'))} }
schedule: { cron: "0 3 * * *", period: 24h }
marts: { maxStaleness: 26h }
caps: { maxStorageBytes: ${budgetBytes} }
log: { level: silent }
`;
}

function newsOf({ applied, decision }: CycleResult): readonly string[] {
  return (applied?.steps ?? []).flatMap(({ action, outcome, detail }, at) => {
    const name = shortName(action.mart);
    if (outcome !== 'done') {
      return [`${action.kind} ${name} was ${outcome}: ${detail}`];
    }
    const isNews =
      (action.kind === 'build-version' && action.reason === 'promote') ||
      (action.kind === 'repoint-view' && action.to.kind === 'logical');
    return isNews ? [`${action.kind} ${name}: ${decision.plan.steps[at]?.because ?? ''}`] : [];
  });
}
