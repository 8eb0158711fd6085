import type { RelationId } from '../src/base/relation.ts';
import type { CycleResult } from '../src/daemon/cycle.ts';
import { shortName } from '../src/daemon/cycle-report.ts';
import type { Standing } from '../src/prune/ladder.ts';
import type { Application, Execution } from './application.ts';
import { isSame } from './is-same.ts';
import { HIDDEN_QUESTION, QUARTERLY_REPORT, WIDE_DEFINITION, WIDE_TABLE } from './wide.ts';

/** What became of the wide table, in the end. */
export interface WideStory {
  readonly relation: RelationId | undefined;
  readonly adoptedOnDay: number | undefined;
  readonly attributes: number;
  /** Attributes that are stored at the end, each with what kept it in the night of the pruning, or has brought it back since. */
  readonly keptBy: Readonly<Record<string, string>>;
  readonly cut: MeasuredStep | undefined;
  /** Answers of it that differed from its definition's. */
  readonly mismatches: number;
  readonly quarterlyReport?: SingleRead;
  readonly hiddenRead?: SingleRead & { readonly backOnDay?: number };
}

/** What hiding saved of a refresh, by the materializer's own pairs. */
export interface MeasuredStep {
  readonly onDay: number;
  readonly pairs: number;
  readonly beforeCpuMs: number;
  readonly afterCpuMs: number;
  readonly cut: number;
}

interface SingleRead {
  readonly onDay: number;
  readonly rows: number;
  /** Whether it was what the definition answers. */
  readonly isEqual: boolean;
}

/** Follows the wide table through the story, and compares every one of its answers that is new or asked for once with its definition. */
export class WideLife {
  #relation: RelationId | undefined;
  #adoptedOnDay: number | undefined;
  #cut: MeasuredStep | undefined;
  #mismatches = 0;
  #version = 0;
  #keptThen: ReadonlyMap<string, string> = new Map();
  #compared = new Set<string>();
  #quarterly: SingleRead | undefined;
  #hidden: (SingleRead & { readonly backOnDay?: number }) | undefined;

  night({ applied, decision, marts }: CycleResult, index: number): void {
    for (const { action, outcome, evidence } of applied?.steps ?? []) {
      if (outcome !== 'done' || shortName(action.mart) !== WIDE_TABLE) {
        continue;
      }
      if (action.kind === 'adopt-table') {
        this.#relation = action.mart;
        this.#adoptedOnDay = index;
      }
      if (action.kind === 'build-version' && evidence['cut'] !== undefined) {
        this.#cut = {
          onDay: index,
          pairs: Number(evidence['cutPairs']),
          beforeCpuMs: Number(evidence['refreshCpuMsBefore']),
          afterCpuMs: Number(evidence['refreshCpuMsAfter']),
          cut: Number(evidence['cut']),
        };
        this.#keptThen = this.#kept(decision, ({ to }) => to === 'kept');
      }
      if (
        action.kind === 'mark-attributes' &&
        this.#hidden !== undefined &&
        action.changes.some(({ from, to }) => from === 'hidden' && to === 'kept')
      ) {
        this.#hidden = { backOnDay: index, ...this.#hidden };
      }
    }
    const version = marts.find(({ definition }) => definition.relation === this.#relation)?.current;
    if (version !== undefined && version.version !== this.#version) {
      this.#version = version.version;
      this.#compared.clear();
    }
  }

  /** Each kind of statement is compared once a version. */
  async asked(
    { ask, rows }: Execution,
    { application, index }: { readonly application: Application; readonly index: number },
  ): Promise<void> {
    if (!ask.sql.includes(WIDE_TABLE) || this.#compared.has(ask.sql)) {
      return;
    }
    this.#compared.add(ask.sql);
    const base = await application.measure(
      ask.sql.replaceAll(WIDE_TABLE, `(\n${WIDE_DEFINITION}\n) as order_attributes`),
    );
    const isEqual = isSame(base.rows, rows);
    this.#mismatches += isEqual ? 0 : 1;
    const read = { onDay: index, rows: rows.length, isEqual };
    if (ask.sql === QUARTERLY_REPORT) {
      this.#quarterly = read;
    }
    if (ask.sql === HIDDEN_QUESTION) {
      this.#hidden = read;
    }
  }

  told({ decision, marts }: CycleResult): WideStory {
    const mart = marts.find(({ definition }) => definition.relation === this.#relation);
    const hidden = new Set(
      (mart?.pruned ?? []).flatMap(({ name, stage }) => (stage === 'announced' ? [] : [name])),
    );
    const now = this.#kept(decision, ({ attribute }) => !hidden.has(attribute));
    return {
      relation: this.#relation,
      adoptedOnDay: this.#adoptedOnDay,
      attributes: mart?.definition.columns.length ?? 0,
      keptBy: Object.fromEntries(
        [...now].map(([attribute, because]) => [
          attribute,
          this.#keptThen.get(attribute) ?? because,
        ]),
      ),
      cut: this.#cut,
      mismatches: this.#mismatches,
      ...(this.#quarterly === undefined ? {} : { quarterlyReport: this.#quarterly }),
      ...(this.#hidden === undefined ? {} : { hiddenRead: this.#hidden }),
    };
  }

  /** Attributes that stay, each with the rule and its reason. */
  #kept(
    { attributes }: CycleResult['decision'],
    stays: (standing: Standing) => boolean,
  ): ReadonlyMap<string, string> {
    const standings =
      attributes.find(({ relation }) => relation === this.#relation)?.standings ?? [];
    return new Map(
      standings
        .filter(stays)
        .map(({ attribute, rule, because }) => [attribute, `${rule}: ${because}`]),
    );
  }
}
