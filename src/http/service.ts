import type { Certificate, MissReason } from '../marts/certificate.ts';
import type { SavingLine } from '../marts/receipt.ts';
import type { DeclineReason, ProposalState } from '../propose/proposal.ts';

/**
 * What Goldsmith can be asked, by the command line in its own process or over the local API of a running daemon.
 * All answers are plain JSON; `text` is the same for people.
 */
export interface GoldsmithService extends ProposalService {
  status(): Promise<Status>;
  /** One whole cycle: observe, decide, and act as the mode allows. */
  once(): Promise<CycleReport>;
  /** Observes and decides, changes nothing, keeps the plan for `apply`. */
  plan(): Promise<PlanReport>;
  /** Does exactly the kept plan (of that digest, where one is named), for somebody who may say yes to all of it. */
  apply(digest: string | undefined, said?: Pick<Said, 'by'>): Promise<ApplyReport>;
  /** Why a relation is, or is not, a mart; without one, everything that was judged. */
  explain(relation: string | undefined): Promise<Report>;
  graph(format: 'text' | 'json' | 'dot'): Promise<Report>;
  route(request: RouteRequest): Promise<RouteAnswer>;
  receipts(): Promise<ReceiptsReport>;
  /** Takes a mart back to a view at once, and does not try again until the cool-down has passed. */
  rollback(relation: string): Promise<ApplyReport>;
  /** Who uses which attribute of a gold relation, and where each stands on the pruning ladder. */
  attributes(relation: string): Promise<Report>;
  /** What a relation's columns are made of and what is made of them, with who reads it. */
  lineage(what: string, direction: LineageDirection): Promise<Report>;
  /**
   * Names that readers measure by in more than one way; of one word, who uses which definition and how the results differ.
   * Raises `WORD_UNKNOWN`.
   */
  words(word: string | undefined): Promise<Report>;
  /** Keeps what a person chose a word to mean and gives the files that say so. Raises `DEFINITION_UNKNOWN`, `DEFINITION_NOT_WRITABLE`. */
  chooseWord(choice: WordChosen): Promise<Report>;
  /** What changed in the schema in the last 90 days, and whom it reaches. */
  drift(): Promise<Report>;
  /** Brings a pruned attribute back at once, and does not prune it again. */
  restore(relation: string, attribute: string): Promise<ApplyReport>;
  /** Says what would stop Goldsmith from working. */
  doctor(asked?: { readonly dryRunStatements: boolean }): Promise<DoctorReport>;
}

/** What people say of proposals. Who says it is told by whoever asks: `cli:ana`. */
export interface ProposalService {
  proposals(): Promise<Report>;
  /** One of them, named by its id or how it begins. Rejects with `NO_PROPOSAL`. */
  proposal(id: string): Promise<Report>;
  /** Says yes; where that is enough, it is carried out at once. */
  approve(id: string, said: Said): Promise<ProposalAnswer>;
  /** Says no, with the reason later proposals respect. */
  decline(
    id: string,
    said: Said & { readonly reason: DeclineReason; readonly words?: string | undefined },
  ): Promise<ProposalAnswer>;
  /** Not to be shown for some days; a week where nothing is said. */
  snooze(id: string, said: Said & { readonly days?: number | undefined }): Promise<ProposalAnswer>;
  /** Takes back what was applied. */
  undo(id: string, said: Said): Promise<ProposalAnswer>;
  /** Takes every no to a relation back. */
  reconsider(relation: string, said: Said): Promise<Report>;
}

export interface Said {
  readonly by: string;
  /** The meaning he looked at, or how it begins: to another one his word does not count. */
  readonly meaning?: string | undefined;
}

export interface ProposalAnswer {
  readonly text: string;
  /** False where it did not count, or could not be done. */
  readonly ok: boolean;
  readonly proposal: string;
  /** As it is now. */
  readonly state: string;
  /** What became of the word itself, in one sentence. */
  readonly said: string;
  /** What was done right away. */
  readonly applied?: ApplyReport;
}

export interface ProposalView {
  readonly id: string;
  readonly kind: string;
  readonly relation: string;
  readonly state: ProposalState | 'snoozed';
  readonly meaning: string;
  readonly title: string;
  readonly because: string;
  /** Dollars. */
  readonly money: {
    readonly netPerDay?: number;
    readonly interval?: readonly [number, number];
    readonly once?: number;
    readonly arithmetic: readonly string[];
  };
  readonly evidence: readonly string[];
  readonly readers: readonly string[];
  readonly risks: readonly string[];
  readonly proofs: readonly string[];
  readonly undo: string;
  readonly sql: readonly string[];
  /** Paths. */
  readonly files: readonly string[];
  /** Where people see it, besides here: `github: pull request 12 of acme/warehouse`. */
  readonly shown?: readonly string[];
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly snoozedUntil?: string;
  readonly moves: readonly {
    readonly to: string;
    readonly at: string;
    readonly by: string;
    readonly reason?: string;
    readonly words?: string;
  }[];
}

export interface WordChosen {
  readonly word: string;
  /** A definition's id, or how it begins. */
  readonly definition: string;
  /** Who chose: `cli:ana`. */
  readonly by: string;
}

/** Towards the sources, towards the readers, or both. */
export type LineageDirection = 'up' | 'down' | 'both';

export interface Report {
  readonly text: string;
  readonly value: unknown;
}

export interface Status {
  readonly ready: boolean;
  /** Why not, where it is not. */
  readonly because: string;
  readonly mode: 'observe' | 'propose' | 'auto';
  readonly warehouse: string;
  readonly lastCycleAt?: string;
  readonly lastCycleError?: string;
  /** What reading the history cost in the last cycle. */
  readonly historyCostUsd?: number;
}

export interface CycleReport {
  readonly text: string;
  readonly at: string;
  readonly history: {
    readonly used: number;
    readonly duplicate: number;
    readonly skipped: number;
    readonly bad: number;
    /** Ended longer ago than statement ids are remembered: `usage.idRetentionDays`. */
    readonly tooLate: number;
    /** What our statements that read it cost in the warehouse. */
    readonly costUsd: number;
  };
  readonly badRows: readonly { readonly where: string; readonly because: string }[];
  readonly coverage: { readonly byStatements: number; readonly byCost: number };
  readonly planDigest: string;
  readonly steps: readonly StepReport[];
  readonly applied: boolean;
}

export interface StepReport {
  readonly verb: string;
  readonly relation: string;
  readonly because: string;
  readonly outcome: 'planned' | 'done' | 'failed' | 'refused' | 'skipped';
  readonly detail: string;
}

export interface PlanReport {
  readonly text: string;
  readonly digest: string;
  readonly expiresAt: string;
  readonly steps: readonly StepReport[];
}

export interface ApplyReport {
  readonly text: string;
  readonly digest: string;
  readonly ok: boolean;
  readonly steps: readonly StepReport[];
}

export interface RouteRequest {
  readonly sql: string;
  /** Who asks: the client's name makes its demand reachable; role and user are for the answer's rights. */
  readonly client?: string | undefined;
  readonly role?: string | undefined;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

export type RouteAnswer =
  | {
      readonly answer: 'mart';
      /** The equal statement. */
      readonly sql: string;
      readonly marts: readonly string[];
      /** The sources were last seen unchanged at this moment: the answer is no older. */
      readonly asOf: string;
      readonly certificate: Certificate;
      readonly askId: string;
    }
  | {
      readonly answer: 'base';
      /** The statement as it came (with a comment when it is kept on base as hold-out). */
      readonly sql: string;
      readonly heldOut: boolean;
      /** Why no mart answers it, nearest first. */
      readonly because: readonly MissReason[];
      readonly askId: string;
    };

export interface ReceiptsReport {
  readonly text: string;
  readonly receipts: readonly ReceiptView[];
}

export interface ReceiptView {
  readonly decision: string;
  readonly relation: string;
  readonly line: SavingLine;
  readonly unit: 'usd' | 'seconds';
  readonly predicted: number;
  readonly realized: number;
  readonly debits: number;
  readonly net: number;
  readonly method: string;
  readonly baseRuns: number;
  readonly martRuns: number;
  readonly matured: boolean;
  readonly rolledBack: boolean;
}

export interface DoctorReport {
  readonly text: string;
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    /** It works, and somebody should see this before it does not. */
    readonly isWarning?: boolean;
    readonly detail: string;
  }[];
}
