import { z } from 'zod';
import type { Accumulator } from '../decide/cycle-input.ts';
import type { Receipt, WorkDone } from '../marts/receipt.ts';
import type { Plan } from '../plan/plan.ts';
import type { Proposal } from '../propose/proposal.ts';
import type { PairedMeasure } from '../savings/baseline.ts';
import type { CarriedOut } from '../savings/write-receipts.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { bigint, keptPlanValue, money, relation } from './kept-plan.ts';
import {
  type HeardBefore,
  keptHeard,
  keptProposal,
  keptShown,
  type Shown,
} from './proposals/kept-proposal.ts';

/** What the daemon remembers between cycles besides usage; all of it may be lost and is then measured or decided again. */
export interface Memory {
  readonly accumulators: Shelf<Accumulator>;
  readonly receipts: Shelf<Receipt>;
  readonly work: Shelf<WorkDone>;
  readonly paired: Shelf<PairedMeasure>;
  readonly carriedOut: Shelf<CarriedOut>;
  readonly plans: Shelf<Plan>;
  readonly proposals: Shelf<Proposal>;
  /** By `channel/proposal`. */
  readonly shown: Shelf<Shown>;
  /** By token. */
  readonly heard: Shelf<HeardBefore>;
}

/** Values of one kind, by key. */
export interface Shelf<Value> {
  list(): readonly Value[];
  get(key: string): Value | undefined;
  put(key: string, value: Value): void;
  /** Puts these in place of all there were. */
  replaceAll(values: readonly (readonly [key: string, value: Value])[]): void;
  remove(key: string): void;
}

const accumulator: z.ZodType<Accumulator, unknown> = z.object({
  key: z.string(),
  relation,
  missed: money,
  lost: money,
  throughDay: z.string(),
  stage: z.enum(['none', 'logical', 'physical']),
  stageSince: z.number(),
  answeredUntil: z.string().optional(),
  givenUpAt: z.number().optional(),
  baselines: z.array(z.object({ fingerprint: z.string(), cpuMs: z.number(), runs: z.number() })),
  past: z
    .array(
      z.object({
        fingerprint: z.string(),
        since: z.string(),
        runs: z.array(z.number()),
        baseCpuMs: z.number(),
        savedCpuMs: z.number(),
        readers: z.number(),
        sampleIds: z.array(z.string()),
      }),
    )
    .optional(),
});

const receipt: z.ZodType<Receipt, unknown> = z.object({
  decision: z.string(),
  relation,
  line: z.enum(['cash', 'capacity', 'time']),
  from: z.number(),
  until: z.number(),
  predicted: bigint,
  realizedGross: bigint,
  debits: bigint,
  net: bigint,
  method: z.enum(['hold-out', 'paired-runs']),
  baseRuns: z.number(),
  martRuns: z.number(),
  matured: z.boolean(),
  rolledBack: z.boolean(),
  slower: z
    .array(z.object({ fingerprint: z.string(), baseMs: z.number(), martMs: z.number() }))
    .exactOptional(),
});

const work: z.ZodType<WorkDone, unknown> = z.object({
  at: z.number(),
  relation,
  kind: z.enum([
    'build',
    'failed-build',
    'refresh',
    'storage',
    'verification',
    'paired-run',
    'first-use',
    'facts',
    'daemon',
    'running',
  ]),
  cpuMs: z.number(),
  cost: money,
  because: z.string().exactOptional(),
  tookMs: z.number().exactOptional(),
  isCancelled: z.literal(true).exactOptional(),
});

const paired: z.ZodType<PairedMeasure, unknown> = z.object({
  at: z.number(),
  fingerprint: z.string(),
  mart: relation,
  runsPerSide: z.number(),
  baseCpuMs: z.number(),
  servedCpuMs: z.number(),
  baseDurationMs: z.number(),
  servedDurationMs: z.number(),
});

const carriedOut: z.ZodType<CarriedOut, unknown> = z.object({
  decision: z.string(),
  relation,
  physicalSince: z.number(),
  until: z.number().exactOptional(),
  rolledBack: z.boolean(),
  storedByteDays: z.number().exactOptional(),
  storageCountedAt: z.number().exactOptional(),
  lapsedDays: z.array(z.string()).exactOptional(),
  predictedNetPerDay: money,
  predictedMsPerDay: z.number(),
  promisedMore: z
    .array(z.object({ from: z.number(), netPerDay: money, msPerDay: z.number() }))
    .exactOptional(),
});

export function openMemory(documents: DocumentStore): Memory {
  return {
    accumulators: shelf(documents, { kind: 'accumulator', schema: accumulator }),
    receipts: shelf(documents, { kind: 'receipt', schema: receipt }),
    work: shelf(documents, { kind: 'work', schema: work }),
    paired: shelf(documents, { kind: 'paired', schema: paired }),
    carriedOut: shelf(documents, { kind: 'carried-out', schema: carriedOut }),
    plans: shelf(documents, { kind: 'plan', schema: keptPlanValue }),
    proposals: shelf(documents, { kind: 'proposal', schema: keptProposal }),
    shown: shelf(documents, { kind: 'proposal-shown', schema: keptShown }),
    heard: shelf(documents, { kind: 'proposal-heard', schema: keptHeard }),
  };
}

/** A value that no longer fits its schema (an older version's) is left out: everything here can be made again. */
function shelf<Value>(
  documents: DocumentStore,
  { kind, schema }: { readonly kind: string; readonly schema: z.ZodType<Value, unknown> },
): Shelf<Value> {
  const read = (value: unknown): Value | undefined => schema.safeParse(value).data;
  return {
    list: () => documents.list(kind).flatMap(({ value }) => read(value) ?? []),
    get: (key) => read(documents.get(kind, key)),
    put: (key, value) => documents.put(kind, key, value),
    replaceAll: (values) =>
      documents.transaction(() => {
        for (const { key } of documents.list(kind)) {
          documents.remove(kind, key);
        }
        for (const [key, value] of values) {
          documents.put(kind, key, value);
        }
      }),
    remove: (key) => {
      documents.remove(kind, key);
    },
  };
}
